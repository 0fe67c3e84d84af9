package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.objective.Rlvr;
import dev.freshet.model.objective.RlvrVariant;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The methods of the family in a learner: whole batches, micro-batches, and the policy at the step's start. */
class RlvrLearnerTest {
    private static final String STEP_START = "freshet.rlvr.proximal = step-start";
    private static final String NO_PENALTY = "freshet.divergence = none";

    /** GSPO needs a rollout's tokens together, and REINFORCE++ the batch's. */
    static Stream<RlvrVariant> variants() {
        return RlvrVariant.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theUpdateDoesNotDependOnTheCutIntoMicroBatches(RlvrVariant variant) throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(6, 2);
        Rlvr objective = Toy.rlvr(variant, NO_PENALTY, "freshet.rlvr { clip-low = 0.5, clip-high = 0.5 }");
        double[] whole = ToyLearner.gradient(start, batch, objective);
        double[] cut = ToyLearner.gradient(start, batch, objective, "freshet.train.micro-batch-tokens = 20");
        for (int i = 0; i < whole.length; i++) {
            // Both are differences of float32 weights of order 1.
            assertThat(cut[i]).isCloseTo(whole[i], within(1e-6));
        }
        assertThat(Arrays.stream(whole).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-3);
    }

    @Test
    void aroundTheStepsStartTheFirstUpdateClipsNothing() throws Exception {
        List<ScoredGroup> batch = Toy.batch(6, 2);
        String narrow = "freshet.rlvr { clip-low = 1e-4, clip-high = 1e-4, behaviour-weight-cap = 10 }";
        Rlvr around = Toy.rlvr(RlvrVariant.GRPO, NO_PENALTY, STEP_START, narrow);
        Rlvr behaviour = Toy.rlvr(RlvrVariant.GRPO, NO_PENALTY, narrow);
        try (ToyLearner learner = ToyLearner.start(Toy.weights(1), "freshet.train.mini-batches = 1");
                ToyLearner other = ToyLearner.start(Toy.weights(1), "freshet.train.mini-batches = 1")) {
            StepReport decoupled = learner.learn(batch, around);
            StepReport coupled = other.learn(batch, behaviour);
            assertThat(decoupled.clippedLow() + decoupled.clippedHigh()).isZero();
            assertThat(coupled.clippedLow() + coupled.clippedHigh()).isGreaterThan(0.3);
            assertThat(decoupled.meanRatio()).isEqualTo(coupled.meanRatio());
        }
    }

    @Test
    void onTheFirstUpdateItIsTheImportanceWeightedPolicyGradient() throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(6, 2);
        String wide = "freshet.rlvr { clip-low = 1, clip-high = 1e3, dual-clip = off, behaviour-weight-cap = 1e3 }";
        double[] decoupled =
                ToyLearner.gradient(start, batch, Toy.rlvr(RlvrVariant.GRPO, NO_PENALTY, STEP_START, wide));
        double[] coupled = ToyLearner.gradient(start, batch, Toy.rlvr(RlvrVariant.GRPO, NO_PENALTY, wide));
        for (int i = 0; i < coupled.length; i++) {
            // pi / prox times prox / mu is pi / mu; differences of float32 weights of order 1.
            assertThat(decoupled[i]).isCloseTo(coupled[i], within(1e-6));
        }
    }

    @Test
    void laterUpdatesAreClippedAroundTheStepsStart() throws Exception {
        Rlvr around = Toy.rlvr(
                RlvrVariant.GRPO, NO_PENALTY, STEP_START, "freshet.rlvr { clip-low = 1e-4, clip-high = 1e-4 }");
        try (ToyLearner learner = ToyLearner.start(
                Toy.weights(1),
                "freshet.train { mini-batches = 4, learning-rate = 0.01, learning-rate-warm-up-steps = 0 }")) {
            StepReport report = learner.learn(Toy.batch(6, 2), around);
            assertThat(report.clippedLow() + report.clippedHigh()).isBetween(0.05, 0.75);
        }
    }
}
