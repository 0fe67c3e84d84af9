package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.divergence.ForwardKl;
import dev.freshet.model.divergence.ReverseKl;
import dev.freshet.model.rollout.LogProbs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Costs to go by enumeration of all rollouts of two tokens out of three: nine of them, four states. */
class FoldedDivergenceTest {
    private static final int TOKENS = 3;

    /** Logits of the first state, then of those after each first token. */
    private static final double[][] LOGITS = {{0.4, -0.9, 0.6}, {0.1, 0.8, -0.3}, {-1.0, 0.2, 0.5}, {0.7, 0.0, -0.6}};

    private static final double[][] REFERENCE = {{-0.2, 0.3, 0.1}, {0.9, -0.1, 0.0}, {0.2, 0.3, -0.8}, {-0.5, 0.4, 0.6}
    };

    static Stream<FDivergence> divergences() {
        return DivergenceSpec.named().values().stream();
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void expectedGradientIsThatOfTheSumOverStates(FDivergence divergence) {
        double[][] gradient = new double[LOGITS.length][TOKENS];
        for (Path path : paths()) {
            double[] costs = path.costs(divergence);
            add(gradient, 0, path.first(), path.chance() * costs[0]);
            add(gradient, 1 + path.first(), path.second(), path.chance() * costs[1]);
        }
        double step = 1e-4;
        for (int state = 0; state < LOGITS.length; state++) {
            for (int token = 0; token < TOKENS; token++) {
                double rise = total(divergence, state, token, step) - total(divergence, state, token, -step);
                // Costs are computed in float32 from log-probs in float32; the quotient itself is good to 1e-8.
                assertThat(gradient[state][token])
                        .as("%s, state %d, token %d", divergence, state, token)
                        .isCloseTo(rise / (2 * step), within(2e-5));
            }
        }
    }

    /** What a sum of derivatives to come, right for reverse KL, would make of others. */
    @Test
    void derivativesToComeWouldCountLaterStatesWrongly() {
        assertThat(laterCost(new ReverseKl(), true)).isCloseTo(laterCost(new ReverseKl(), false), within(1e-6));
        assertThat(laterCost(new ForwardKl(), true)).isCloseTo(0, within(1e-6));
        assertThat(laterCost(new ForwardKl(), false)).isGreaterThan(0.05);
    }

    @Test
    void costsAreComparedWithTheOthersAtTheSamePlace() {
        List<double[]> compared =
                FoldedDivergence.lessTheOthers(List.of(new double[] {6, 2, 1}, new double[] {3}, new double[] {1, 1}));
        assertThat(compared.get(0)).containsExactly(6 - 2, 2 - 0.5, 1);
        assertThat(compared.get(1)).containsExactly(3 - 3.5);
        assertThat(compared.get(2)).containsExactly(1 - 4.5, 1 - 1);
        assertThat(FoldedDivergence.lessTheOthers(List.of(new double[] {6, 2})).get(0))
                .containsExactly(6, 2);
    }

    @Test
    void rolloutsOfDifferentLengthsStandBehindEachOther() {
        try (NDManager owner = NDManager.newBaseManager()) {
            List<LogProbs> policy = List.of(LogProbs.of(-1, -2), LogProbs.of(-1), LogProbs.of(-1, -2, -3));
            List<double[]> costs = new FoldedDivergence(new ReverseKl(), 20).costsToGo(policy, policy, owner);
            assertThat(IntStream.range(0, 3).mapToObj(i -> costs.get(i).length)).containsExactly(2, 1, 3);
            assertThat(costs).allSatisfy(toGo -> assertThat(toGo).containsOnly(0));
        }
    }

    /** One rollout of the policy, with its two tokens. */
    private record Path(int first, int second) {
        double chance() {
            return probability(LOGITS[0], first) * probability(LOGITS[1 + first], second);
        }

        double[] costs(FDivergence divergence) {
            try (NDManager owner = NDManager.newBaseManager()) {
                List<LogProbs> policy = List.of(logProbs(LOGITS));
                List<LogProbs> reference = List.of(logProbs(REFERENCE));
                return new FoldedDivergence(divergence, 20)
                        .costsToGo(policy, reference, owner)
                        .get(0);
            }
        }

        private LogProbs logProbs(double[][] logits) {
            return LogProbs.of(logProb(logits[0], first), logProb(logits[1 + first], second));
        }
    }

    private static List<Path> paths() {
        List<Path> paths = new ArrayList<>();
        for (int first = 0; first < TOKENS; first++) {
            for (int second = 0; second < TOKENS; second++) {
                paths.add(new Path(first, second));
            }
        }
        return paths;
    }

    /** The expected cost of the second state, by derivatives or as it is: the first token's cost less its own term. */
    private static double laterCost(FDivergence divergence, boolean byDerivatives) {
        double expected = 0;
        for (Path path : paths()) {
            double[] costs = path.costs(divergence);
            try (NDManager owner = NDManager.newBaseManager()) {
                float logRatio = (float) (Math.log(probability(LOGITS[0], path.first()))
                        - Math.log(probability(REFERENCE[0], path.first())));
                double own = divergence.derivative(owner.create(logRatio)).getFloat();
                expected += path.chance() * (byDerivatives ? costs[1] : costs[0] - own);
            }
        }
        return expected;
    }

    /** J with one logit moved: the expectation of the divergences at both states. */
    private static double total(FDivergence divergence, int state, int token, double step) {
        double[][] moved = Arrays.stream(LOGITS).map(double[]::clone).toArray(double[][]::new);
        moved[state][token] += step;
        double total = at(divergence, moved[0], REFERENCE[0]);
        for (int first = 0; first < TOKENS; first++) {
            total += probability(moved[0], first) * at(divergence, moved[1 + first], REFERENCE[1 + first]);
        }
        return total;
    }

    private static double at(FDivergence divergence, double[] policy, double[] reference) {
        try (NDManager owner = NDManager.newBaseManager()) {
            return DivergenceEstimators.overVocabulary(
                            divergence,
                            owner.create(policy).logSoftmax(-1),
                            owner.create(reference).logSoftmax(-1))
                    .getDouble();
        }
    }

    /** The gradient of ln pi at the logits of a state, times a weight. */
    private static void add(double[][] gradient, int state, int taken, double weight) {
        for (int token = 0; token < TOKENS; token++) {
            gradient[state][token] += weight * ((token == taken ? 1 : 0) - probability(LOGITS[state], token));
        }
    }

    private static float logProb(double[] logits, int token) {
        return (float) Math.log(probability(logits, token));
    }

    private static double probability(double[] logits, int token) {
        double sum = DoubleStream.of(logits).map(Math::exp).sum();
        return Math.exp(logits[token]) / sum;
    }
}
