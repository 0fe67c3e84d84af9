package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The estimators' expectations, by enumeration of a policy of four outcomes, against the divergence and its exact
 * gradient.
 */
class DivergenceEstimatorsTest {
    private static final JsonNode VECTORS = Vectors.read("estimators");
    private static final JsonNode EXACT = Vectors.read("exact_divergences");
    private static final double[] BEHAVIOUR = {0.3, 0.2, 0.35, 0.15};
    private static final double NO_CAP = Double.POSITIVE_INFINITY;

    static Stream<Arguments> divergences() {
        return Family.byVectorName().entrySet().stream()
                .map(entry ->
                        Arguments.of(entry.getValue(), VECTORS.get("general_f").get(entry.getKey())));
    }

    static Stream<Arguments> pairs() {
        return Stream.of("A", "B", "C", "D")
                .flatMap(pair -> Family.byVectorName().entrySet().stream()
                        .map(entry -> Arguments.of(entry.getValue(), pair, entry.getKey())));
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void onPolicyHasTheDivergencesValueAndGradient(FDivergence divergence, JsonNode exact) {
        check(exact, (logPolicy, logAnchor) -> {
            NDArray samples = DivergenceEstimators.onPolicy(divergence, logPolicy.sub(logAnchor));
            return samples.mul(logPolicy.stopGradient().exp());
        });
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void fromBehaviourHasTheDivergencesValueAndGradient(FDivergence divergence, JsonNode exact) {
        check(exact, (logPolicy, logAnchor) -> {
            NDArray behaviour = like(logPolicy, BEHAVIOUR);
            NDArray logWeight = logPolicy.sub(behaviour.log());
            NDArray samples =
                    DivergenceEstimators.fromBehaviour(divergence, logPolicy.sub(logAnchor), logWeight, NO_CAP);
            return samples.mul(behaviour);
        });
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void fromAnchorHasTheDivergencesValueAndGradient(FDivergence divergence, JsonNode exact) {
        check(exact, (logPolicy, logAnchor) -> {
            NDArray samples = DivergenceEstimators.fromAnchor(divergence, logPolicy.sub(logAnchor));
            return samples.mul(logAnchor.exp());
        });
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void overVocabularyIsTheDivergenceAndHasItsGradient(FDivergence divergence, JsonNode exact) {
        check(exact, (logPolicy, logAnchor) -> DivergenceEstimators.overVocabulary(divergence, logPolicy, logAnchor));
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void differentiatingTheOnPolicyValueHasAnotherGradient(FDivergence divergence, JsonNode exact) {
        double[] mistaken = enumerated((logPolicy, logAnchor) -> {
            NDArray samples = divergence.valueOnPolicy(logPolicy.sub(logAnchor));
            return samples.mul(logPolicy.stopGradient().exp());
        });
        double[] naive = Vectors.numbers(exact.get("naive_differentiate_value_as_loss_on_policy"));
        double[] gradient = Arrays.copyOfRange(mistaken, 1, mistaken.length);
        Closeness.DOUBLE.check("naive gradient", naive, gradient, naive);
        double[] right = Vectors.numbers(exact.get("grad"));
        double[] bias = Vectors.numbers(exact.get("bias_of_naive"));
        for (int logit = 0; logit < bias.length; logit++) {
            // A difference of numbers of order 1, each good to 1e-9.
            assertThat(gradient[logit] - right[logit]).isCloseTo(bias[logit], within(1e-9));
        }
        assertThat(gradient[0]).isNotCloseTo(right[0], within(1e-3));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void overVocabularyAgreesWhereProbabilitiesVanishToo(FDivergence divergence, String pair, String name) {
        double[] policy = Vectors.numbers(EXACT.get(pair).get("pi"));
        double[] anchor = Vectors.numbers(EXACT.get(pair).get("p"));
        double[] expected = {Vectors.number(EXACT.get(pair).get("D_pi_p").get(name))};
        UnaryOperator<NDArray> straight = p -> DivergenceEstimators.overVocabulary(
                divergence, p.log(), like(p, anchor).log());
        UnaryOperator<NDArray> exchanged = p -> DivergenceEstimators.overVocabulary(
                divergence.dual(), like(p, anchor).log(), p.log());
        for (UnaryOperator<NDArray> way : List.of(straight, exchanged)) {
            Closeness.DOUBLE.check(pair, new double[1], Evaluate.doubles(way, policy), expected);
            Closeness.FLOAT.checkAsFloat(pair, new double[1], Evaluate.floats(way, policy), expected);
        }
    }

    @Test
    void overVocabularyHasAGradientWherePolicyOrAnchorGivesNoProbability() {
        double none = Double.NEGATIVE_INFINITY;
        double[] logPolicy = {Math.log(0.5), Math.log(0.5), none, none};
        double[] logAnchor = {Math.log(0.25), none, Math.log(0.75), none};
        double[] gradient = Evaluate.gradient(
                l -> DivergenceEstimators.overVocabulary(
                        new TotalVariation(), l, l.getManager().create(logAnchor)),
                logPolicy);
        // d/dl of |policy - anchor| / 2 is sign * policy / 2
        assertThat(gradient).containsExactly(0.25, 0.25, 0, 0);
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void overCommonSupportIsTheDivergenceAndHasItsGradient(FDivergence divergence, JsonNode exact) {
        check(
                exact,
                (logPolicy, logAnchor) -> DivergenceEstimators.overCommonSupport(divergence, logPolicy, logAnchor));
    }

    /** In single precision, where e^46 squared would overflow. Forward KL's slope at ln policy is policy - anchor. */
    @Test
    void overCommonSupportPullsBackWhatThePolicyHasAlmostLost() {
        float[] slopes = slopes(
                new ForwardKl(), new float[] {0, -46}, new float[] {(float) Math.log(0.5), (float) Math.log(0.5)});
        assertThat(slopes[0]).isCloseTo(0.5f, within(1e-6f));
        assertThat(slopes[1]).isCloseTo(-0.5f, within(1e-6f));
        assertThat(slopes(new NeymanChi2(), new float[] {0, -46}, new float[] {-0.7f, -0.7f})[1])
                .isFinite()
                .isNegative();
        assertThat(slopes(new PearsonChi2(), new float[] {-0.7f, -0.7f}, new float[] {0, -46})[1])
                .isFinite()
                .isPositive();
    }

    /** 2,050 rows of 64 are two blocks, the second of two rows. */
    @Test
    void overCommonSupportIsTheSameInBlocks() {
        try (NDManager manager = Evaluate.manager()) {
            NDArray logPolicy =
                    manager.arange(0f, 2050 * 64, 1f).sin().reshape(2050, 64).logSoftmax(-1);
            NDArray logAnchor =
                    manager.arange(0f, 2050 * 64, 1f).cos().reshape(2050, 64).logSoftmax(-1);
            float[] inBlocks = DivergenceEstimators.overCommonSupport(new JensenShannon(), logPolicy, logAnchor)
                    .toFloatArray();
            float[] atOnce = DivergenceEstimators.overVocabulary(new JensenShannon(), logPolicy, logAnchor)
                    .toFloatArray();
            assertThat(inBlocks).hasSize(2050);
            for (int row = 0; row < inBlocks.length; row++) {
                assertThat(inBlocks[row]).isCloseTo(atOnce[row], within(1e-6f));
            }
        }
    }

    @Test
    void whatAFormulaLeavesBehindIsClosed() {
        try (NDManager manager = Evaluate.manager()) {
            NDArray logPolicy = manager.zeros(new Shape(100, 64)).logSoftmax(-1);
            NDArray logAnchor = manager.ones(new Shape(100, 64)).logSoftmax(-1);
            int before = manager.getManagedArrays().size();
            NDArray unused = DivergenceEstimators.overCommonSupport(new JensenShannon(), logPolicy, logAnchor);
            assertThat(manager.getManagedArrays()).hasSizeLessThan(before + 30);
        }
    }

    private static float[] slopes(FDivergence divergence, float[] logPolicy, float[] logAnchor) {
        try (NDManager manager = Evaluate.manager()) {
            NDArray policy = manager.create(logPolicy);
            policy.setRequiresGradient(true);
            Evaluate.backward(DivergenceEstimators.overCommonSupport(divergence, policy, manager.create(logAnchor)));
            return policy.getGradient().toFloatArray();
        }
    }

    @Test
    void overVocabularySumsTheLastAxisOnly() {
        try (NDManager manager = Evaluate.manager()) {
            NDArray logPolicy = manager.create(new float[] {0, 1, 2, 3, 4, 5, 1, 1}, new Shape(2, 2, 2))
                    .logSoftmax(-1);
            NDArray logAnchor = manager.zeros(new Shape(2, 2, 2)).logSoftmax(-1);
            NDArray divergences = DivergenceEstimators.overVocabulary(new JensenShannon(), logPolicy, logAnchor);
            assertThat(divergences.getShape()).isEqualTo(new Shape(2, 2));
            assertThat(divergences.toFloatArray()[3]).isZero();
        }
    }

    @Test
    void capBoundsTheImportanceWeightAndMustBePositive() {
        FDivergence divergence = new ReverseKl();
        double[] logRatios = {-1, 0.5};
        double[] onPolicy = Evaluate.doubles(l -> DivergenceEstimators.onPolicy(divergence, l), logRatios);
        double[] capped = Evaluate.doubles(
                l -> DivergenceEstimators.fromBehaviour(
                        divergence, l, l.getManager().create(new double[] {0.1, 5}), 2),
                logRatios);
        double[] expected = {Math.exp(0.1) * onPolicy[0], 2 * onPolicy[1]};
        Closeness.DOUBLE.check("capped", logRatios, capped, expected);
        assertThatThrownBy(() -> Evaluate.doubles(l -> DivergenceEstimators.fromBehaviour(divergence, l, l, 0), 0))
                .hasMessage("the cap of importance weights must be above 0, was 0.0; use Infinity for no cap");
    }

    private static double[] enumerated(BinaryOperator<NDArray> estimate) {
        return Enumerated.over(VECTORS.get("enumerated"), DataType.FLOAT64, estimate);
    }

    private static void check(JsonNode exact, BinaryOperator<NDArray> estimate) {
        double[] expected = concatenated(Vectors.number(exact.get("D")), Vectors.numbers(exact.get("grad")));
        Closeness.DOUBLE.check("value and gradient", expected, enumerated(estimate), expected);
        double[] single = Enumerated.over(VECTORS.get("enumerated"), DataType.FLOAT32, estimate);
        Closeness.FLOAT.checkAsFloat("value and gradient", expected, single, expected);
    }

    private static NDArray like(NDArray array, double[] values) {
        return array.getManager().create(values).toType(array.getDataType(), false);
    }

    private static double[] concatenated(double first, double[] rest) {
        return DoubleStream.concat(DoubleStream.of(first), Arrays.stream(rest)).toArray();
    }
}
