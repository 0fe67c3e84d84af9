package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.generation.GenerationCounts;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A native call that never returns cannot be interrupted: whoever waits for it waits for ever. */
class HungGeneratorTest {
    private static final TestSteering SETTINGS = TestSteering.of("""
            freshet.checkpoint.interval = 0
            freshet.actors {
              generate-timeout = 1 s
              generate-hung-limit = 2
              command-timeout = 500 ms
            }
            """);

    private final CountDownLatch nativeCall = new CountDownLatch(1);

    @AfterEach
    void letTheNativeCallReturn() {
        nativeCall.countDown();
    }

    @Test
    void aRunWhoseOnlyGeneratorHangsFailsAndSaysWhich() {
        assertFails(HungInItsCall::new);
    }

    @Test
    void aRunWhoseOnlyGeneratorHangsAsItOpensFailsAndSaysWhich() {
        assertFails(() -> {
            waitForTheNativeCall();
            throw new IllegalStateException("opened too late");
        });
    }

    private void assertFails(Supplier<RolloutGenerator> engine) {
        RunPlan plan = withOnly(engine, new SimulatedRun().plan(5));
        try (Run run = Run.start(plan)) {
            assertThat(run.completion())
                    .failsWithin(TestActors.DEADLINE)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining(
                            "no generator is left; generator-0 did not answer within PT1S"
                                    + " (freshet.actors.generate-timeout) 2 times in a row (freshet.actors.generate-hung-limit)");
            nativeCall.countDown();
        }
    }

    private static RunPlan withOnly(Supplier<RolloutGenerator> engine, RunPlan plan) {
        return new RunPlan(
                plan.run(),
                withOnly(engine, (RolloutFeed) plan.feed()),
                plan.learner(),
                plan.scorer(),
                SETTINGS.parameters(),
                SETTINGS,
                plan.checkpoints(),
                plan.start(),
                plan.ahead(),
                plan.totalSteps(),
                plan.events(),
                plan.nanoTime());
    }

    private static RolloutFeed withOnly(Supplier<RolloutGenerator> engine, RolloutFeed feed) {
        return new RolloutFeed(feed.task(), List.of(engine), feed.rehearsal(), feed.pipeline());
    }

    private void waitForTheNativeCall() {
        while (nativeCall.getCount() > 0) {
            try {
                nativeCall.await();
            } catch (InterruptedException e) {
                // A native call does not notice.
            }
        }
    }

    private final class HungInItsCall implements RolloutGenerator {
        @Override
        public CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
            return new CompletableFuture<>();
        }

        @Override
        public PolicyVersion version() {
            return PolicyVersion.INITIAL;
        }

        @Override
        public void halt() {}

        @Override
        public void resume() {}

        @Override
        public void abandon() {}

        @Override
        public GenerationCounts counts() {
            return GenerationCounts.NONE;
        }

        @Override
        public void close() {
            waitForTheNativeCall();
        }
    }
}
