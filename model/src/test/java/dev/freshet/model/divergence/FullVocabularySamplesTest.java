package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The exact estimator over a million sampled states: a policy of three states with four tokens each, in the single precision and the
 * batches of training, against the expectation over states, within four standard errors. At one state it has no error to be measured.
 */
class FullVocabularySamplesTest {
    private static final int BATCHES = 20;
    private static final int BATCH = 50_000;
    private static final double STANDARD_ERRORS = 4;
    private static final double[] STATES = {0.5, 0.2, 0.3};
    private static final double[][] POLICY = {{0.1, 0.2, 0.3, 0.4}, {0.7, 0.1, 0.1, 0.1}, {0.25, 0.4, 0.05, 0.3}};
    private static final double[][] ANCHOR = {{0.4, 0.3, 0.05, 0.25}, {0.5, 0.2, 0.22, 0.08}, {0.1, 0.3, 0.35, 0.25}};
    private static final int TOKENS = POLICY[0].length;

    static Stream<FDivergence> divergences() {
        return Family.byVectorName().values().stream();
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void sampledStatesAgree(FDivergence divergence) {
        SplittableRandom random = new SplittableRandom(1);
        List<SampleMean> means = new ArrayList<>();
        for (int i = 0; i < 1 + STATES.length * TOKENS; i++) {
            means.add(new SampleMean());
        }
        for (int batch = 0; batch < BATCHES; batch++) {
            int[] states = random.doubles(BATCH)
                    .mapToInt(FullVocabularySamplesTest::state)
                    .toArray();
            add(divergence, states, means);
        }
        List<Double> exact = exact(divergence);
        for (int i = 0; i < exact.size(); i++) {
            assertThat(means.get(i).standardErrorsFrom(exact.get(i)))
                    .as("%s, component %d, standard errors from %s", divergence, i, exact.get(i))
                    .isLessThan(STANDARD_ERRORS);
        }
    }

    /** The divergence of each sample, and its gradient at the logits of all states, of which all but its own are zero. */
    private static void add(FDivergence divergence, int[] states, List<SampleMean> means) {
        try (NDManager manager = Evaluate.manager()) {
            NDArray logPolicy = rows(manager, POLICY, states);
            logPolicy.setRequiresGradient(true);
            NDArray values =
                    DivergenceEstimators.overCommonSupport(divergence, logPolicy, rows(manager, ANCHOR, states));
            Evaluate.backward(values.sum());
            float[] value = values.toFloatArray();
            float[] slopes = logPolicy.getGradient().toFloatArray(); // of ln policy, a row a sample
            for (int sample = 0; sample < states.length; sample++) {
                means.get(0).add(value[sample]);
                double total = 0;
                for (int token = 0; token < TOKENS; token++) {
                    total += slopes[sample * TOKENS + token];
                }
                for (int component = 0; component < STATES.length * TOKENS; component++) {
                    int token = component % TOKENS;
                    boolean own = component / TOKENS == states[sample];
                    double slope = slopes[sample * TOKENS + token] - POLICY[states[sample]][token] * total;
                    means.get(1 + component).add(own ? slope : 0);
                }
            }
        }
    }

    /** In double precision, with the gradient by difference quotients. */
    private static List<Double> exact(FDivergence divergence) {
        List<Double> exact = new ArrayList<>();
        double value = 0;
        for (int state = 0; state < STATES.length; state++) {
            value += STATES[state] * at(divergence, state, 0, 0);
        }
        exact.add(value);
        double step = 1e-5;
        for (int state = 0; state < STATES.length; state++) {
            for (int token = 0; token < TOKENS; token++) {
                double rise = at(divergence, state, token, step) - at(divergence, state, token, -step);
                exact.add(STATES[state] * rise / (2 * step));
            }
        }
        return exact;
    }

    /** The divergence at a state, one of whose logits is moved: terms f(policy / anchor) times anchor. */
    private static double at(FDivergence divergence, int state, int moved, double step) {
        double[] logits = new double[TOKENS];
        double sum = 0;
        for (int token = 0; token < TOKENS; token++) {
            logits[token] = Math.log(POLICY[state][token]) + (token == moved ? step : 0);
            sum += Math.exp(logits[token]);
        }
        double[] logRatios = new double[TOKENS];
        for (int token = 0; token < TOKENS; token++) {
            logRatios[token] = logits[token] - Math.log(sum) - Math.log(ANCHOR[state][token]);
        }
        double[] terms = Evaluate.doubles(divergence::value, logRatios);
        double total = 0;
        for (int token = 0; token < TOKENS; token++) {
            total += ANCHOR[state][token] * terms[token];
        }
        return total;
    }

    private static int state(double uniform) {
        return uniform < STATES[0] ? 0 : uniform < STATES[0] + STATES[1] ? 1 : 2;
    }

    private static NDArray rows(NDManager manager, double[][] distributions, int[] states) {
        float[] logProbs = new float[states.length * TOKENS];
        for (int sample = 0; sample < states.length; sample++) {
            for (int token = 0; token < TOKENS; token++) {
                logProbs[sample * TOKENS + token] = (float) Math.log(distributions[states[sample]][token]);
            }
        }
        return manager.create(logProbs, new Shape(states.length, TOKENS));
    }
}
