package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where ratios overflow, where generators vanish, and in which types. */
class NumericalRangeTest {
    static List<FDivergence> members() {
        return Family.members();
    }

    static List<SmoothDivergence> smoothMembers() {
        return Family.smoothMembers();
    }

    @ParameterizedTest
    @MethodSource("members")
    void valuesAreNeverNaNAndGradientsOnlyWhereTheValueOverflows(FDivergence divergence) {
        double[] extremes = {-800, -100, 100, 800};
        assertNoNaN(Evaluate.doubles(divergence::value, extremes), Evaluate.gradient(divergence::value, extremes));
        assertNoNaN(
                Evaluate.doubles(divergence::valueOnPolicy, extremes),
                Evaluate.gradient(divergence::valueOnPolicy, extremes));
        double[] singles = {-100, -80, 80, 100};
        assertNoNaN(Evaluate.floats(divergence::value, singles), Evaluate.floatGradient(divergence::value, singles));
        assertThat(Evaluate.doubles(divergence::derivative, extremes)).doesNotContain(Double.NaN);
        assertThat(Evaluate.doubles(divergence::anchorCoefficient, extremes)).doesNotContain(Double.NaN);
    }

    private static void assertNoNaN(double[] values, double[] gradients) {
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isNotNaN().isNotNegative();
            if (Double.isFinite(values[i])) {
                assertThat(gradients[i]).isNotNaN();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("members")
    void valuesApproachTheirLimits(FDivergence divergence) {
        double atZero = Evaluate.doubles(divergence::value, -700)[0];
        double atInfinity = Evaluate.doubles(divergence::valueOnPolicy, 700)[0];
        assertLimit(atZero, divergence.valueAtZero());
        assertLimit(atInfinity, divergence.derivativeAtInfinity());
    }

    private static void assertLimit(double near, double limit) {
        if (Double.isInfinite(limit)) {
            assertThat(near).isGreaterThan(600);
            return;
        }
        // the slowest of the family, alpha = 0.01 and 0.99, are still e^-7 away
        assertThat(near).isBetween(limit * (1 - 1e-3), limit * (1 + 1e-12));
    }

    @ParameterizedTest
    @MethodSource("smoothMembers")
    void singlePrecisionKeepsItsDigitsWhereTheGeneratorVanishes(SmoothDivergence divergence) {
        double[] points = DoubleStream.of(-0.2, -0.1, -1e-2, -1e-4, -1e-6, 1e-6, 1e-4, 1e-2, 0.1, 0.2)
                .map(l -> (float) l)
                .toArray();
        Closeness relativeOnly = new Closeness(1e-5, 0);
        double[] expected = Evaluate.doubles(divergence::value, points);
        relativeOnly.check("f", points, Evaluate.floats(divergence::value, points), expected);
        double curvature = Evaluate.doubles(divergence::secondDerivative, 0)[0];
        double[] quadratic = {curvature / 2 * 1e-12, curvature / 2 * 1e-12};
        new Closeness(1e-5, 0)
                .check("f''(1) l^2 / 2", points, Evaluate.doubles(divergence::value, -1e-6, 1e-6), quadratic);
    }

    @ParameterizedTest
    @MethodSource("members")
    void gradientsSurviveACollectionBetweenThePasses(FDivergence divergence) {
        double[] points = {-2, -0.5, -0.01, 0.05, 0.1, 0.4};
        UnaryOperator<NDArray> everything = x -> divergence
                .value(x)
                .add(divergence.valueOnPolicy(x))
                .add(divergence.derivative(x))
                .add(divergence.conjugate(x))
                .add(divergence.activation(x))
                .add(divergence.conjugateOfActivation(x))
                .add(divergence.phi(x.clip(0f, 0.5f)));
        double[] undisturbed = Evaluate.gradient(everything, points);
        double[] disturbed = Evaluate.gradientAfterCollection(everything, points);
        assertThat(disturbed).containsExactly(undisturbed);
    }

    @ParameterizedTest
    @MethodSource("members")
    void resultsKeepTypeAndShapeEvenOfScalars(FDivergence divergence) {
        List<UnaryOperator<NDArray>> quantities = List.of(
                divergence::value,
                divergence::derivative,
                divergence::valueOnPolicy,
                divergence::anchorCoefficient,
                divergence::conjugate,
                divergence::activation,
                divergence::conjugateOfActivation,
                divergence::phi);
        try (NDManager manager = Evaluate.manager()) {
            for (UnaryOperator<NDArray> quantity : quantities) {
                NDArray scalar = quantity.apply(manager.create(0.2f));
                assertThat(scalar.getDataType()).isEqualTo(DataType.FLOAT32);
                assertThat(scalar.getShape()).isEqualTo(new Shape());
                NDArray matrix = quantity.apply(manager.ones(new Shape(2, 0, 3), DataType.FLOAT64));
                assertThat(matrix.getDataType()).isEqualTo(DataType.FLOAT64);
                assertThat(matrix.getShape()).isEqualTo(new Shape(2, 0, 3));
            }
        }
    }
}
