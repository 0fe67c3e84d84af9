package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.learning.WarmUp;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Task;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswerSamplingTest {
    private static final int SAMPLES = 8;
    private static final long SEED = 5;

    private static final RunConfiguration CONFIGURATION = configuration("freshet.actors.verify-deadline=1 minute");

    private final WeightRegistry registry = new WeightRegistry(
            CONFIGURATION.decoder(), CONFIGURATION.generation().device());

    @BeforeEach
    void publish() throws Exception {
        registry.publish(
                PolicyVersion.INITIAL,
                WarmUp.run(
                        CONFIGURATION.decoder(),
                        CONFIGURATION.warmUp(),
                        TrainingRequirements.demonstrations(CONFIGURATION),
                        (step, steps, loss, tokens) -> {}));
    }

    @AfterEach
    void free() {
        registry.close();
    }

    @Test
    void answersComeInThePromptsOrder() throws Exception {
        List<Prompt> prompts = prompts(3);
        List<Outcome<VerifiedGroup>> answers = sampled(CONFIGURATION, CONFIGURATION.task(), prompts);
        assertThat(answers)
                .extracting(outcome -> ((Outcome.Passed<VerifiedGroup>) outcome)
                        .value()
                        .group()
                        .prompt())
                .isEqualTo(prompts);
        assertThat(answers)
                .allSatisfy(outcome -> assertThat(((Outcome.Passed<VerifiedGroup>) outcome)
                                .value()
                                .rewards())
                        .hasSize(SAMPLES));
    }

    @Test
    void aPromptWhoseAnswersAreNotVerifiedInTimeIsUnscorable() throws Exception {
        RunConfiguration hasty = configuration("freshet.actors.verify-deadline=100 ms");
        Task stuck = new StuckTask(hasty.task(), new CountDownLatch(1));
        assertThat(sampled(hasty, stuck, prompts(2)))
                .containsExactly(
                        new Outcome.Dropped<>(0, DropReason.UNSCORABLE, "8 of its 8 answers have no verdict"),
                        new Outcome.Dropped<>(1, DropReason.UNSCORABLE, "8 of its 8 answers have no verdict"));
    }

    private List<Outcome<VerifiedGroup>> sampled(RunConfiguration configuration, Task task, List<Prompt> prompts)
            throws Exception {
        return new AnswerSampling(configuration, task, registry).of(prompts, SAMPLES, SEED, outcome -> outcome);
    }

    private static RunConfiguration configuration(String changed) {
        return WrittenRun.configuration("freshet.warm-up.steps=1", "freshet.warm-up.threads=1", changed);
    }

    private static List<Prompt> prompts(int count) {
        return LongStream.range(0, count)
                .mapToObj(CONFIGURATION.task()::trainingPrompt)
                .toList();
    }
}
