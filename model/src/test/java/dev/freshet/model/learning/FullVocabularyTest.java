package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.JavaBuffers;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.objective.Rlvr;
import dev.freshet.model.objective.RlvrVariant;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Divergences that the learner sums over the vocabulary, all at once and in chunks of tokens. */
class FullVocabularyTest {
    private static final String EXACT = "freshet.divergence-estimator = full-vocabulary";
    private static final String ALL_AT_ONCE = "freshet.train.logits-at-once = 1000000";

    @Test
    void atTheReferenceThereIsNoDivergenceAndNoPull() throws Exception {
        List<TensorData> weights = Toy.weights(1);
        double[] gradient = ToyLearner.gradientAgainst(weights, weights, withoutRewards(), penalty("js"));
        // A sum of terms that cancel in float32.
        assertThat(largest(gradient)).isLessThan(1e-6);
    }

    /** Without total variation, whose corners the quotient's step would cross. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "reverse-kl",
                "forward-kl",
                "js",
                "squared-hellinger",
                "pearson-chi2",
                "neyman-chi2",
                "\"alpha:0.3\""
            })
    void gradientIsTheDifferenceQuotientOfTheDivergence(String divergence) throws Exception {
        List<TensorData> reference = Toy.weights(2);
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = withoutRewards();
        double[] weights = Toy.values(start);
        double[] gradient = ToyLearner.gradientAgainst(start, reference, batch, penalty(divergence));
        double norm =
                Math.sqrt(Arrays.stream(gradient).map(slope -> slope * slope).sum());
        double step = 0.003;
        double[] above = weights.clone();
        double[] below = weights.clone();
        for (int i = 0; i < weights.length; i++) {
            above[i] += step * gradient[i] / norm;
            below[i] -= step * gradient[i] / norm;
        }
        double rise = loss(Toy.withValues(start, above), reference, batch, divergence)
                - loss(Toy.withValues(start, below), reference, batch, divergence);
        // The loss is computed in float32: its rounding, 1e-7, counts 1 / (2 step) fold.
        assertThat(rise / (2 * step)).isCloseTo(norm, within(2e-3 * norm + 2e-5));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 40, 200})
    void chunksOfTokensChangeNothing(int logitsAtOnce) throws Exception {
        List<TensorData> reference = Toy.weights(2);
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(6, 2);
        String chunked = "freshet.train.logits-at-once = " + logitsAtOnce;
        double[] whole = ToyLearner.gradientAgainst(start, reference, batch, penalty("js"), ALL_AT_ONCE);
        double[] cut = ToyLearner.gradientAgainst(start, reference, batch, penalty("js"), chunked);
        for (int i = 0; i < whole.length; i++) {
            // Both are differences of float32 weights of order 1.
            assertThat(cut[i]).isCloseTo(whole[i], within(1e-6));
        }
        StepReport first = report(start, reference, batch, ALL_AT_ONCE);
        StepReport second = report(start, reference, batch, chunked);
        assertThat(second.divergenceValue()).isCloseTo(first.divergenceValue(), within(1e-6));
        assertThat(second.entropy()).isCloseTo(first.entropy(), within(1e-6));
        assertThat(second.loss()).isCloseTo(first.loss(), within(1e-6));
        assertThat(first.divergenceValue()).isGreaterThan(1e-3);
    }

    /** Its states are those of the samples, but its value and gradient do not depend on which token was sampled there. */
    @Test
    void whoSampledATokenDoesNotMatter() throws Exception {
        List<ScoredGroup> batch = withoutRewards();
        StepReport report = report(Toy.weights(1), Toy.weights(2), batch, ALL_AT_ONCE);
        assertThat(report.cappedWeights()).isZero();
        List<ScoredGroup> unlikely =
                batch.stream().map(group -> Toy.behavedBy(group, -9)).toList();
        StepReport other = report(Toy.weights(1), Toy.weights(2), unlikely, ALL_AT_ONCE);
        assertThat(other.divergenceValue()).isEqualTo(report.divergenceValue());
    }

    @Test
    void theReferenceIsHeldWhileItIsWanted() throws Exception {
        List<TensorData> start = Toy.weights(1);
        Rlvr sampled = Toy.grpo("js");
        try (ToyLearner learner = ToyLearner.startAgainst(start, start)) {
            learner.learn(Toy.batch(1, 1), sampled);
            int before = references();
            learner.learn(Toy.batch(1, 2), penalty("js"));
            int held = references();
            learner.learn(Toy.batch(1, 3), penalty("tv"));
            assertThat(references()).isEqualTo(held);
            learner.learn(Toy.batch(1, 4), sampled);
            assertThat(references()).isEqualTo(before);
            assertThat(held - before).isEqualTo(start.size());
        }
    }

    @Test
    void arraysOfChunksAreClosed() throws Exception {
        try (ToyLearner learner =
                ToyLearner.startAgainst(Toy.weights(1), Toy.weights(2), "freshet.train.logits-at-once = 30")) {
            for (int step = 0; step < 3; step++) {
                learner.learn(Toy.batch(1, step), penalty("js"));
            }
            Map<ArrayKind, Integer> before = OpenArrays.count();
            long buffersBefore = JavaBuffers.settledCount();
            for (int step = 0; step < 20; step++) {
                learner.learn(Toy.batch(1, step), penalty("js"));
            }
            assertThat(OpenArrays.count()).isEqualTo(before);
            assertThat(JavaBuffers.count()).isLessThanOrEqualTo(buffersBefore);
        }
    }

    @Test
    void withoutWeightsOfAReferenceItIsRefused() throws Exception {
        try (ToyLearner learner = ToyLearner.start(Toy.weights(1))) {
            assertThatThrownBy(() -> learner.learn(Toy.batch(1, 1), penalty("js")))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("divergence-estimator full-vocabulary needs the reference's weights, and this"
                            + " learner has none (freshet.divergence-estimator, freshet.reference): choose sampled, or"
                            + " a reference");
        }
    }

    private static Rlvr penalty(String divergence) {
        return Toy.rlvr(
                RlvrVariant.DR_GRPO,
                EXACT,
                "freshet.rlvr.aggregation = token-mean",
                "freshet { divergence = " + divergence + ", divergence-coefficient = 1 }");
    }

    private static StepReport report(
            List<TensorData> weights, List<TensorData> reference, List<ScoredGroup> batch, String line)
            throws InterruptedException {
        try (ToyLearner learner = ToyLearner.startAgainst(weights, reference, "freshet.train.mini-batches = 1", line)) {
            return learner.learn(batch, penalty("js"));
        }
    }

    private static double loss(
            List<TensorData> weights, List<TensorData> reference, List<ScoredGroup> batch, String divergence)
            throws InterruptedException {
        try (ToyLearner learner = ToyLearner.startAgainst(weights, reference, "freshet.train.mini-batches = 1")) {
            return learner.learn(batch, penalty(divergence)).loss();
        }
    }

    /** Rewards that are all equal: nothing but the penalty teaches. */
    private static List<ScoredGroup> withoutRewards() {
        List<ScoredGroup> batch = new ArrayList<>();
        for (ScoredGroup group : Toy.batch(6, 2)) {
            batch.add(Toy.rewarded(group, 0));
        }
        return batch;
    }

    private static int references() {
        return OpenArrays.count().getOrDefault(ArrayKind.REFERENCE, 0);
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }
}
