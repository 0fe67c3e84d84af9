package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The estimators over a million samples of four outcomes, in the single precision and the batches of training: value
 * and gradient within four standard errors of the exact ones. Chance would fail one comparison in 16,000; the seed is
 * fixed.
 */
class SampledDivergencesTest {
    private static final int BATCHES = 20;
    private static final int BATCH = 50_000;
    private static final long SEED = 1;
    private static final double STANDARD_ERRORS = 4;
    private static final JsonNode VECTORS = Vectors.read("estimators");
    private static final double[] POLICY =
            Vectors.numbers(VECTORS.get("enumerated").get("pi"));
    private static final double[] ANCHOR =
            Vectors.numbers(VECTORS.get("enumerated").get("ref"));
    private static final double[] BEHAVIOUR = {0.3, 0.2, 0.35, 0.15};

    // Drawn once: the same samples serve every divergence.
    private static final List<int[]> OF_THE_POLICY = samples(POLICY);
    private static final List<int[]> OF_THE_ANCHOR = samples(ANCHOR);
    private static final List<int[]> OF_THE_BEHAVIOUR = samples(BEHAVIOUR);

    /** The loss of each sample. */
    @FunctionalInterface
    private interface Estimator {
        NDArray losses(NDArray logPolicy, NDArray logAnchor, NDArray logBehaviour);
    }

    static Stream<Arguments> divergences() {
        return Family.byVectorName().entrySet().stream()
                .map(entry ->
                        Arguments.of(entry.getValue(), VECTORS.get("general_f").get(entry.getKey())));
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void samplesOfThePolicyAgree(FDivergence divergence, JsonNode exact) {
        Estimator estimator =
                (policy, anchor, behaviour) -> DivergenceEstimators.onPolicy(divergence, policy.sub(anchor));
        check(means(OF_THE_POLICY, estimator), exact(exact));
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void samplesOfTheBehaviourAgree(FDivergence divergence, JsonNode exact) {
        Estimator estimator = (policy, anchor, behaviour) -> DivergenceEstimators.fromBehaviour(
                divergence, policy.sub(anchor), policy.sub(behaviour), Double.POSITIVE_INFINITY);
        check(means(OF_THE_BEHAVIOUR, estimator), exact(exact));
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void samplesOfTheAnchorAgree(FDivergence divergence, JsonNode exact) {
        Estimator estimator =
                (policy, anchor, behaviour) -> DivergenceEstimators.fromAnchor(divergence, policy.sub(anchor));
        check(means(OF_THE_ANCHOR, estimator), exact(exact));
    }

    /** k3 differentiated as a loss, as most systems have it, would fail the test that our reverse KL passes. */
    @Test
    void k3AsALossIsReverseKlInValueAndForwardKlInGradient() {
        ReverseKl divergence = new ReverseKl();
        double[] reverse = exact(VECTORS.get("general_f").get("REVERSE_KL"));
        double[] forward = exact(VECTORS.get("general_f").get("FORWARD_KL"));
        List<SampleMean> k3 =
                means(OF_THE_POLICY, (policy, anchor, behaviour) -> divergence.valueOnPolicy(policy.sub(anchor)));
        List<SampleMean> ours = means(
                OF_THE_POLICY,
                (policy, anchor, behaviour) -> DivergenceEstimators.onPolicy(divergence, policy.sub(anchor)));
        assertThat(agrees(ours, reverse)).isTrue();
        assertThat(agrees(k3, reverse)).isFalse();
        assertThat(k3.get(0).standardErrorsFrom(reverse[0])).isLessThan(STANDARD_ERRORS);
        for (int logit = 1; logit <= POLICY.length; logit++) {
            assertThat(k3.get(logit).standardErrorsFrom(forward[logit])).isLessThan(STANDARD_ERRORS);
            assertThat(k3.get(logit).standardErrorsFrom(reverse[logit])).isGreaterThan(10 * STANDARD_ERRORS);
        }
    }

    private static void check(List<SampleMean> means, double[] exact) {
        assertThat(agrees(means, exact))
                .as("means %s standard errors from exact", distances(means, exact))
                .isTrue();
    }

    private static boolean agrees(List<SampleMean> means, double[] exact) {
        return distances(means, exact).stream().allMatch(distance -> distance < STANDARD_ERRORS);
    }

    private static List<Double> distances(List<SampleMean> means, double[] exact) {
        return IntStream.range(0, exact.length)
                .mapToObj(i -> means.get(i).standardErrorsFrom(exact[i]))
                .toList();
    }

    /** The divergence, and its gradient with respect to the policy's logits. */
    private static double[] exact(JsonNode vectors) {
        double[] gradient = Vectors.numbers(vectors.get("grad"));
        return IntStream.rangeClosed(0, gradient.length)
                .mapToDouble(i -> i == 0 ? Vectors.number(vectors.get("D")) : gradient[i - 1])
                .toArray();
    }

    private static int inverted(double[] distribution, double uniform) {
        double remaining = uniform;
        for (int outcome = 0; outcome < distribution.length - 1; outcome++) {
            remaining -= distribution[outcome];
            if (remaining < 0) {
                return outcome;
            }
        }
        return distribution.length - 1;
    }

    /** The mean loss, then the four components of the mean gradient with respect to the policy's logits. */
    private static List<SampleMean> means(List<int[]> samples, Estimator estimator) {
        List<SampleMean> means =
                Stream.generate(SampleMean::new).limit(1 + POLICY.length).toList();
        samples.forEach(outcomes -> add(outcomes, estimator, means));
        return means;
    }

    /** Outcomes by batch. */
    private static List<int[]> samples(double[] distribution) {
        SplittableRandom random = new SplittableRandom(SEED);
        return IntStream.range(0, BATCHES)
                .mapToObj(batch -> IntStream.generate(() -> inverted(distribution, random.nextDouble()))
                        .limit(BATCH)
                        .toArray())
                .toList();
    }

    private static void add(int[] outcomes, Estimator estimator, List<SampleMean> means) {
        try (NDManager manager = Evaluate.manager()) {
            NDArray logPolicy = logProbs(manager, POLICY, outcomes);
            logPolicy.setRequiresGradient(true);
            NDArray losses = estimator.losses(
                    logPolicy, logProbs(manager, ANCHOR, outcomes), logProbs(manager, BEHAVIOUR, outcomes));
            Evaluate.backward(losses.sum());
            float[] values = losses.toFloatArray();
            float[] coefficients = logPolicy.getGradient().toFloatArray(); // of grad ln policy, per sample
            for (int i = 0; i < outcomes.length; i++) {
                means.get(0).add(values[i]);
                for (int logit = 0; logit < POLICY.length; logit++) {
                    double score = (outcomes[i] == logit ? 1 : 0) - POLICY[logit]; // d ln policy / d logit
                    means.get(1 + logit).add(coefficients[i] * score);
                }
            }
        }
    }

    private static NDArray logProbs(NDManager manager, double[] distribution, int[] outcomes) {
        double[] logs = DoubleStream.of(distribution).map(Math::log).toArray();
        float[] logProbs = new float[outcomes.length];
        for (int i = 0; i < outcomes.length; i++) {
            logProbs[i] = (float) logs[outcomes[i]];
        }
        return manager.create(logProbs);
    }
}
