package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Learner and scorer with products in bf16, weights and sums in fp32, held against all of it in fp32. */
class HalfPrecisionTest {
    /** Half a unit in the last place of bf16's eight bits, relative: what a factor of a product is off by at most. */
    private static final double ROUNDING = 1.0 / 512;

    /** The toy's products from token to log-prob: four in each of two layers, and the head. */
    private static final int PRODUCTS = 9;

    @Test
    void aStepsGradientIsThatOfSinglePrecisionButForTheRoundingOfFactors() throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(6, 2);
        Step single = step(start, batch, "fp32");
        Step half = step(start, batch, "bf16");
        double gradient = distance(Toy.values(single.weights()), Toy.values(start));
        double difference = distance(Toy.values(half.weights()), Toy.values(single.weights())) / gradient;
        // Each factor is rounded once forward and once back: as many independent errors as there are factors on the
        // way.
        assertThat(difference).isBetween(ROUNDING / 10, Math.sqrt(2 * 2 * PRODUCTS) * ROUNDING);
        assertThat(half.report().skippedMiniBatches()).isZero();
        assertThat(Math.abs(half.report().entropy() - single.report().entropy()))
                .isLessThan(ROUNDING);
    }

    @Test
    void scoresAreThoseOfSinglePrecisionButForTheRoundingOfFactors() throws Exception {
        List<TensorData> weights = Toy.weights(1);
        List<RolloutGroup> groups =
                Toy.batch(12, 5).stream().map(ScoredGroup::group).toList();
        double[] single = scores(weights, groups, "fp32");
        double[] half = scores(weights, groups, "bf16");
        double largest = 0;
        for (int token = 0; token < single.length; token++) {
            largest = Math.max(largest, Math.abs(half[token] - single[token]));
        }
        // Log-probs of order 1 end a chain of products, whose errors add up like a walk's: 3 deviations of 164 tokens.
        assertThat(largest).isBetween(ROUNDING / 10, 3 * Math.sqrt(2 * PRODUCTS) * ROUNDING);
    }

    private record Step(StepReport report, List<TensorData> weights) {}

    /** AdamW without memory, whose epsilon is its rate, far above any gradient, is plain descent of rate 1. */
    private static Step step(List<TensorData> start, List<ScoredGroup> batch, String flavour) throws Exception {
        LearnerSettings descent = Toy.settings(
                "freshet.train { matrix-flavour = " + flavour + ", mini-batches = 1, max-gradient-norm = 1e6 }",
                "freshet.train { learning-rate = 1e6, learning-rate-warm-up-steps = 0 }",
                "freshet.train.adam { beta1 = 0, beta2 = 0, epsilon = 1e6, weight-decay = 0 }");
        try (WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
                DecoderLearner learner =
                        DecoderLearner.start(Toy.CONFIG, descent, LearnerState.fresh(start), registry)) {
            StepReport report =
                    learner.learn(batch, Toy.grpo("none")).toCompletableFuture().join();
            LearnerSnapshot after = learner.snapshot().toCompletableFuture().join();
            return new Step(report, after.weights());
        }
    }

    private static double[] scores(List<TensorData> weights, List<RolloutGroup> groups, String flavour)
            throws InterruptedException {
        ScorerSettings settings =
                ScorerSettings.from(Toy.config("freshet.reference-scorer.matrix-flavour = " + flavour));
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, settings, weights)) {
            return groups.stream()
                    .flatMap(group -> scorer.score(group).toCompletableFuture().join().stream())
                    .flatMapToDouble(HalfPrecisionTest::values)
                    .toArray();
        }
    }

    private static DoubleStream values(LogProbs logProbs) {
        return IntStream.range(0, logProbs.size()).mapToDouble(logProbs::get);
    }

    private static double distance(double[] one, double[] other) {
        double squares = 0;
        for (int i = 0; i < one.length; i++) {
            squares += (one[i] - other[i]) * (one[i] - other[i]);
        }
        return Math.sqrt(squares);
    }
}
