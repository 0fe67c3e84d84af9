package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of every member, derived from its generator f alone. */
class FDivergenceTest {
    private static final double[] LOG_RATIOS = {
        -6, -2.5, -1.1, -1, -0.9, -0.3, -0.125, -0.01, 0.02, 0.2, 0.8, 1, 1.3, 3, 6
    };

    /** Central differences of step 1e-5 in l: truncation 1e-10 and rounding 1e-11, both relative to values up to e^12. */
    private static final Closeness FINITE_DIFFERENCE = new Closeness(1e-7, 1e-8);

    private static final Closeness ROUNDINGS = new Closeness(1e-11, 1e-14);

    static List<FDivergence> members() {
        return Family.members();
    }

    static List<SmoothDivergence> smoothMembers() {
        return Family.smoothMembers();
    }

    @Test
    void everyPermittedClassIsTested() {
        assertThat(Family.members().stream().map(FDivergence::getClass).collect(Collectors.toSet()))
                .isEqualTo(permitted(FDivergence.class).collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> permitted(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(FDivergenceTest::permitted)
                : Stream.of(type);
    }

    @ParameterizedTest
    @MethodSource("members")
    void generatorIsCentredAndNowhereNegative(FDivergence divergence) {
        assertThat(DoubleStream.of(Evaluate.doubles(divergence::value, 0))).allMatch(value -> value == 0);
        assertThat(DoubleStream.of(Evaluate.doubles(divergence::derivative, 0))).allMatch(slope -> slope == 0);
        double[] dense =
                IntStream.rangeClosed(-4000, 4000).mapToDouble(i -> i / 200.0).toArray();
        assertThat(DoubleStream.of(Evaluate.doubles(divergence::value, dense))).allMatch(value -> value >= 0);
        double[] derivatives = Evaluate.doubles(divergence::derivative, dense);
        double rounding = 1e-14;
        assertThat(IntStream.range(1, dense.length)).allMatch(i -> derivatives[i] >= derivatives[i - 1] - rounding);
    }

    @ParameterizedTest
    @MethodSource("members")
    void derivativeIsTheSlopeOfTheGenerator(FDivergence divergence) {
        double[] slopes = slopes(divergence::value); // df/dl = t f'
        double[] derivatives = scaled(slopes, l -> Math.exp(-l));
        FINITE_DIFFERENCE.check(
                "t f'", LOG_RATIOS, Evaluate.doubles(divergence::anchorCoefficient, LOG_RATIOS), slopes);
        FINITE_DIFFERENCE.check("f'", LOG_RATIOS, Evaluate.doubles(divergence::derivative, LOG_RATIOS), derivatives);
    }

    @ParameterizedTest
    @MethodSource("smoothMembers")
    void secondDerivativeIsTheSlopeOfTheDerivative(SmoothDivergence divergence) {
        double[] slopes = slopes(divergence::derivative); // df'/dl = t f''
        double[] seconds = scaled(slopes, l -> Math.exp(-l));
        UnaryOperator<NDArray> weight = l -> divergence.distillWeight(l.neg());
        FINITE_DIFFERENCE.check("h", LOG_RATIOS, Evaluate.doubles(weight, LOG_RATIOS), slopes);
        FINITE_DIFFERENCE.check("f''", LOG_RATIOS, Evaluate.doubles(divergence::secondDerivative, LOG_RATIOS), seconds);
    }

    @ParameterizedTest
    @MethodSource("members")
    void dualExchangesTheArguments(FDivergence divergence) {
        double[] mirrored = Arrays.stream(LOG_RATIOS).map(l -> -l).toArray();
        double[] onPolicy = scaled(Evaluate.doubles(divergence::value, LOG_RATIOS), l -> Math.exp(-l));
        ROUNDINGS.check("t f(1/t)", LOG_RATIOS, Evaluate.doubles(divergence.dual()::value, mirrored), onPolicy);
        ROUNDINGS.check("f/t", LOG_RATIOS, Evaluate.doubles(divergence::valueOnPolicy, LOG_RATIOS), onPolicy);
        double[] back = Evaluate.doubles(divergence.dual().dual()::value, LOG_RATIOS);
        ROUNDINGS.check("dual's dual", LOG_RATIOS, back, Evaluate.doubles(divergence::value, LOG_RATIOS));
    }

    @ParameterizedTest
    @MethodSource("members")
    void conjugateIsTheSupremumOverRatios(FDivergence divergence) {
        double[] grid = IntStream.rangeClosed(-20_000, 20_000)
                .mapToDouble(i -> i / 1000.0)
                .toArray();
        double[] values = Evaluate.doubles(divergence::value, grid);
        double limit = divergence.derivativeAtInfinity();
        double[] slopes = DoubleStream.of(
                        -3, -2, -1, -0.6, -0.3, -0.1, -0.01, 0, 0.01, 0.1, 0.2, 0.3, 0.45, 0.6, 0.9, 1.5)
                .filter(u -> u < 0.95 * limit)
                .toArray();
        double[] suprema = Arrays.stream(slopes)
                .map(u -> Math.max(-divergence.valueAtZero(), supremum(u, grid, values)))
                .toArray();
        // a grid of step 1e-3 in l misses the supremum by at most t^2 f'' 1e-6 / 8
        new Closeness(2e-6, 2e-6).check("f*", slopes, Evaluate.doubles(divergence::conjugate, slopes), suprema);
        if (Double.isFinite(limit)) {
            assertThat(Evaluate.doubles(divergence::conjugate, 1.01 * limit, limit + 5))
                    .containsOnly(Double.POSITIVE_INFINITY);
        }
    }

    private static double supremum(double slope, double[] grid, double[] values) {
        return IntStream.range(0, grid.length)
                .mapToDouble(i -> slope * Math.exp(grid[i]) - values[i])
                .max()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("smoothMembers")
    void conjugateAtTheDerivativeIsAttainedAtTheRatioAndHasItAsGradient(SmoothDivergence divergence) {
        double[] points = {-2, -0.3, -0.01, 0.02, 0.2, 1.3};
        double[] slopes = Evaluate.doubles(divergence::derivative, points);
        double[] attained =
                Evaluate.doubles(l -> divergence.anchorCoefficient(l).sub(divergence.value(l)), points);
        double[] ratios = Arrays.stream(points).map(Math::exp).toArray();
        new Closeness(1e-9, 1e-12).check("t f' - f", slopes, Evaluate.doubles(divergence::conjugate, slopes), attained);
        new Closeness(1e-9, 1e-12).check("t", slopes, Evaluate.gradient(divergence::conjugate, slopes), ratios);
    }

    @ParameterizedTest
    @MethodSource("members")
    void gradientsOfBothValuesFlow(FDivergence divergence) {
        double[] points = {-30, -6, -1, -0.125, -0.01, 0, 0.01, 0.125, 1, 6, 30};
        double[] anchor = Evaluate.doubles(divergence::anchorCoefficient, points);
        new Closeness(1e-9, 1e-13).check("gradient of f", points, Evaluate.gradient(divergence::value, points), anchor);
        double[] policy = Evaluate.doubles(l -> divergence.derivative(l).sub(divergence.valueOnPolicy(l)), points);
        double[] gradient = Evaluate.gradient(divergence::valueOnPolicy, points);
        new Closeness(1e-9, 1e-13).check("gradient of f/t", points, gradient, policy);
    }

    @Test
    void alphaPassesThroughTheNamedDivergences() {
        assertThat(Alpha.of(0)).isEqualTo(new ReverseKl());
        assertThat(Alpha.of(1)).isEqualTo(new ForwardKl());
        assertThat(Alpha.fromAmari(0.25)).isEqualTo(new Alpha(0.75));
        assertSame(new Alpha(0.5), new Scaled(new SquaredHellinger(), 2), 1e-12);
        assertSame(new Alpha(-1), new Scaled(new PearsonChi2(), 0.5), 1e-12);
        assertSame(new Alpha(2), new Scaled(new NeymanChi2(), 0.5), 1e-12);
        assertSame(new Alpha(1e-12), new ReverseKl(), 1e-10);
        assertSame(new Alpha(1 - 1e-12), new ForwardKl(), 1e-10);
    }

    private static void assertSame(FDivergence actual, FDivergence expected, double relative) {
        double[] values = Evaluate.doubles(expected::value, LOG_RATIOS);
        new Closeness(relative, 0).check("f", LOG_RATIOS, Evaluate.doubles(actual::value, LOG_RATIOS), values);
        double[] derivatives = Evaluate.doubles(expected::derivative, LOG_RATIOS);
        double[] actualDerivatives = Evaluate.doubles(actual::derivative, LOG_RATIOS);
        new Closeness(relative, 0).check("f'", LOG_RATIOS, actualDerivatives, derivatives);
    }

    @Test
    void parametersOutsideTheirRangeAreRefused() {
        assertThatThrownBy(() -> new Alpha(Double.NaN))
                .hasMessage(
                        "alpha must be finite and neither 0 (reverse-kl) nor 1 (forward-kl) in single precision, was NaN");
        assertThatThrownBy(() -> new Alpha(1))
                .hasMessage(
                        "alpha must be finite and neither 0 (reverse-kl) nor 1 (forward-kl) in single precision, was 1.0");
        assertThatThrownBy(() -> new Scaled(new ReverseKl(), 0))
                .hasMessage("the factor of a scaled divergence must be finite and above 0, was 0.0");
    }

    private static double[] slopes(UnaryOperator<NDArray> function) {
        double step = 1e-5;
        double[] above = Evaluate.doubles(l -> function.apply(l.add(step)), LOG_RATIOS);
        double[] below = Evaluate.doubles(l -> function.apply(l.sub(step)), LOG_RATIOS);
        return IntStream.range(0, LOG_RATIOS.length)
                .mapToDouble(i -> (above[i] - below[i]) / (2 * step))
                .toArray();
    }

    private static double[] scaled(double[] values, DoubleUnaryOperator factor) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] * factor.applyAsDouble(LOG_RATIOS[i]))
                .toArray();
    }
}
