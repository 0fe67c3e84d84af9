package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class StableFunctionsTest {
    private static final double[] POINTS = {
        -800, -100, -20, -5, -1.01, -1, -0.99, -0.5, -0.126, -0.125, -0.124, -1e-3, -1e-6, -1e-12, 0, 1e-12, 1e-6, 1e-3,
        0.1, 0.124, 0.125, 0.126, 0.3, 0.5, 0.99, 1, 1.01, 5, 20, 100, 700
    };

    /** A few roundings; no cancellation may show. */
    private static final Closeness ROUNDINGS = new Closeness(1e-13, 0);

    private static final Closeness FLOAT_ROUNDINGS = new Closeness(4e-6, 0);

    @Test
    void expm1KeepsItsRelativeAccuracy() {
        check("expm1", StableFunctions::expm1, Math::expm1, POINTS);
    }

    @Test
    void log1pKeepsItsRelativeAccuracyDownToItsPole() {
        double[] points = {-1, -0.999, -0.5, -0.3, -1e-3, -1e-9, 0, 1e-9, 1e-3, 0.499, 0.5, 0.501, 3, 1e6, 1e30};
        check("log1p", StableFunctions::log1p, Math::log1p, points);
    }

    @Test
    void mixtureLogRatioKeepsItsRelativeAccuracy() {
        check("mixtureLogRatio", StableFunctions::mixtureLogRatio, x -> Math.log1p(Math.expm1(x) / 2), POINTS);
    }

    @Test
    void exponentialRemainderKeepsItsRelativeAccuracy() {
        check("exponentialRemainder", StableFunctions::exponentialRemainder, StableFunctionsTest::remainder, POINTS);
    }

    @Test
    void gradientsAreTheDerivatives() {
        checkGradient(StableFunctions::expm1, Math::exp);
        checkGradient(StableFunctions::exponentialRemainder, Math::expm1);
        checkGradient(StableFunctions::mixtureLogRatio, x -> 1 / (1 + Math.exp(-x)));
        double[] points = {-0.999, -0.5, -1e-9, 0, 0.3, 0.5, 3};
        double[] expected = Arrays.stream(points).map(x -> 1 / (1 + x)).toArray();
        ROUNDINGS.check("log1p'", points, Evaluate.gradient(StableFunctions::log1p, points), expected);
    }

    @Test
    void typeAndShapeAreKeptEvenOfScalars() {
        List<UnaryOperator<NDArray>> functions = List.of(
                StableFunctions::expm1,
                StableFunctions::log1p,
                StableFunctions::exponentialRemainder,
                StableFunctions::mixtureLogRatio);
        try (NDManager manager = Evaluate.manager()) {
            for (UnaryOperator<NDArray> function : functions) {
                for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT64)) {
                    for (Shape shape : List.of(new Shape(), new Shape(0), new Shape(2, 3))) {
                        NDArray result = function.apply(manager.ones(shape, type));
                        assertThat(result.getDataType()).isEqualTo(type);
                        assertThat(result.getShape()).isEqualTo(shape);
                    }
                }
            }
        }
    }

    private static void check(
            String name, UnaryOperator<NDArray> function, DoubleUnaryOperator reference, double[] points) {
        double[] expected = Arrays.stream(points).map(reference).toArray();
        ROUNDINGS.check(name, points, Evaluate.doubles(function, points), expected);
        double[] rounded = Arrays.stream(points).map(x -> (float) x).toArray();
        double[] expectedOfRounded = Arrays.stream(rounded).map(reference).toArray();
        FLOAT_ROUNDINGS.checkAsFloat(name, rounded, Evaluate.floats(function, rounded), expectedOfRounded);
    }

    private static void checkGradient(UnaryOperator<NDArray> function, DoubleUnaryOperator derivative) {
        double[] expected = Arrays.stream(POINTS).map(derivative).toArray();
        ROUNDINGS.check("derivative", POINTS, Evaluate.gradient(function, POINTS), expected);
    }

    /** e^x - 1 - x, by enough of its series where the difference cancels. */
    private static double remainder(double x) {
        if (Math.abs(x) > 1) {
            return Math.expm1(x) - x;
        }
        double sum = 0;
        for (int power = 25; power >= 2; power--) {
            sum = (sum + 1) * x / power;
        }
        return sum * x;
    }
}
