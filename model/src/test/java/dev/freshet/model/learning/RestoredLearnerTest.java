package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.weights.WeightRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A learner that takes up an earlier state while it runs. */
class RestoredLearnerTest {
    private final WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
    private DecoderLearner learner;

    @BeforeEach
    void start() throws InterruptedException {
        learner = DecoderLearner.start(
                Toy.CONFIG,
                Toy.settings("freshet.train { steps = 10, learning-rate-schedule = linear, learning-rate = 1e-3 }"),
                LearnerState.fresh(Toy.weights(1)),
                registry);
    }

    @AfterEach
    void close() {
        learner.close();
        registry.close();
    }

    @Test
    void hasItsWeightsOptimizerAndPlaceInTheScheduleUnderANewVersion() throws InterruptedException {
        learn(2);
        LearnerState back = state();
        StepReport second = learn(3);
        learn(4);

        restore(back.as(new PolicyVersion(4)));

        assertThat(learner.version()).isEqualTo(new PolicyVersion(4));
        assertThat(registry.newest()).contains(new PolicyVersion(4));
        assertThat(state()).isEqualTo(back.as(new PolicyVersion(4)));
        try (WeightRegistry.Lease lease = registry.leaseNewest()) {
            assertThat(lease.version()).isEqualTo(new PolicyVersion(4));
        }
        StepReport again = learn(3);
        assertThat(again.version()).isEqualTo(new PolicyVersion(5));
        assertThat(again.learningRate()).isEqualTo(second.learningRate());
        assertThat(state().step()).isEqualTo(2);
    }

    @Test
    void learnsBitForBitAsOneThatStartedThere() throws InterruptedException {
        learn(2);
        LearnerState back = state();
        learn(3);
        restore(back.as(new PolicyVersion(3)));
        learn(4);
        LearnerState there = state();

        close();
        start();
        restore(back.as(new PolicyVersion(3)));
        learn(4);

        assertThat(state()).isEqualTo(there);
    }

    @Test
    void refusesAStateOfAnotherPolicyAndIsAsBefore() throws InterruptedException {
        learn(2);
        LearnerState before = state();
        LearnerState foreign =
                new LearnerState(new PolicyVersion(2), 0, 0, Toy.weights(1).subList(1, 2), List.of());

        assertThatThrownBy(() -> restore(foreign)).hasCauseInstanceOf(IllegalArgumentException.class);

        assertThat(state()).isEqualTo(before);
        assertThat(learner.version()).isEqualTo(new PolicyVersion(1));
        assertThat(learn(3).version()).isEqualTo(new PolicyVersion(2));
    }

    @Test
    void refusesAVersionThatIsNotAboveItsOwn() throws InterruptedException {
        learn(2);
        LearnerState before = state();

        assertThatThrownBy(() -> restore(before)).hasMessageContaining("must be above the newest, v1, was v1");

        assertThat(state()).isEqualTo(before);
    }

    private StepReport learn(long seed) throws InterruptedException {
        return learner.learn(Toy.batch(6, seed), Toy.grpo("js"))
                .toCompletableFuture()
                .join();
    }

    private void restore(LearnerState state) {
        learner.restore(state).toCompletableFuture().join();
    }

    private LearnerState state() {
        return (LearnerState) learner.snapshot().toCompletableFuture().join();
    }
}
