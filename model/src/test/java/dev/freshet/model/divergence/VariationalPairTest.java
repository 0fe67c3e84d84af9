package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Activation and conjugate of f-GAN and FLAT, and the phi of f-SFT. */
class VariationalPairTest {
    private static final JsonNode PAIRS = Vectors.read("fgan_activation");
    private static final JsonNode PHI = Vectors.read("f_sft_phi");

    static List<FDivergence> members() {
        return Family.members();
    }

    /** FLAT names generators of P/Q, so that its KL is our reverse KL. */
    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of(new ReverseKl(), "KL"),
                Arguments.of(new ForwardKl(), "REVERSE_KL"),
                Arguments.of(new PearsonChi2(), "PEARSON"),
                Arguments.of(new NeymanChi2(), "NEYMAN"),
                Arguments.of(new SquaredHellinger(), "SQUARED_HELLINGER"),
                Arguments.of(new Jeffreys(), "JEFFREYS"),
                Arguments.of(JensenShannon.onGanScale(), "JENSEN_SHANNON"),
                Arguments.of(new TotalVariation(), "TOTAL_VARIATION"));
    }

    static Stream<Arguments> phis() {
        return Stream.of(
                Arguments.of(new TotalVariation(), "TOTAL_VARIATION(=SFT)"),
                Arguments.of(new PearsonChi2(), "PEARSON_CHI2"),
                Arguments.of(new SquaredHellinger(), "SQUARED_HELLINGER"),
                Arguments.of(new ReverseKl(), "KL_u_ln_u"),
                Arguments.of(new ForwardKl(), "NEG_LOG_u"),
                Arguments.of(JensenShannon.onGanScale(), "JS_GAN"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void pairsAndTheirSlopesAgree(FDivergence divergence, String name) {
        JsonNode vectors = PAIRS.get(name);
        double[] v = Vectors.numbers(PAIRS.get("v"));
        // the vectors continue Pearson's parabola below -2, where no t >= 0 attains it
        int first = divergence instanceof PearsonChi2 ? 1 : 0;
        double[] points = from(first, v);
        check("g", divergence::activation, points, from(first, vectors.get("g")));
        checkSlope("g'", divergence::activation, points, from(first, vectors.get("g_prime")));
        check("f*(g)", divergence::conjugateOfActivation, points, from(first, vectors.get("f_star_of_g")));
        checkSlope("f*(g)'", divergence::conjugateOfActivation, points, from(first, vectors.get("f_star_of_g_prime")));
    }

    private static double[] from(int first, JsonNode numbers) {
        return from(first, Vectors.numbers(numbers));
    }

    private static double[] from(int first, double[] values) {
        return Arrays.copyOfRange(values, first, values.length);
    }

    private static void check(String what, UnaryOperator<NDArray> function, double[] at, double[] expected) {
        Closeness.DOUBLE.check(what, at, Evaluate.doubles(function, at), expected);
        Closeness.FLOAT.checkAsFloat(what, at, Evaluate.floats(function, at), expected);
    }

    private static void checkSlope(String what, UnaryOperator<NDArray> function, double[] at, double[] expected) {
        Closeness.DOUBLE.check(what, at, Evaluate.gradient(function, at), expected);
        Closeness.FLOAT.checkAsFloat(what, at, Evaluate.floatGradient(function, at), expected);
    }

    @Test
    void pearsonsConjugateIsConstantWhereOnlyANegativeRatioWouldAttainIt() {
        assertThat(Evaluate.doubles(new PearsonChi2()::conjugateOfActivation, -3, -2))
                .containsExactly(-1, -1);
    }

    @ParameterizedTest
    @MethodSource("members")
    void activationIncreasesIntoTheDomainOfTheConjugate(FDivergence divergence) {
        double[] v = IntStream.rangeClosed(-50, 50).mapToDouble(i -> i / 10.0).toArray();
        double[] activations = Evaluate.doubles(divergence::activation, v);
        assertThat(IntStream.range(1, v.length)).allMatch(i -> activations[i] > activations[i - 1]);
        double[] paired = Evaluate.doubles(divergence::conjugateOfActivation, v);
        double[] composed = Evaluate.doubles(
                x -> divergence
                        .conjugate(divergence.activation(x).sub(divergence.shift()))
                        .add(divergence.shift()),
                v);
        // at the ends of the domain the composition has lost digits that the pair keeps
        new Closeness(1e-8, 1e-12).check("f*(g)", v, paired, composed);
    }

    @ParameterizedTest
    @MethodSource("members")
    void conjugateOfActivationStaysFiniteWhereTheActivationHasReachedItsBound(FDivergence divergence) {
        assertThat(DoubleStream.of(Evaluate.doubles(divergence::conjugateOfActivation, -60, 60)))
                .allMatch(Double::isFinite);
    }

    @ParameterizedTest
    @MethodSource("phis")
    void phiAndItsSlopeAgree(FDivergence divergence, String name) {
        JsonNode vectors = PHI.get(name);
        double[] rewards = Vectors.numbers(vectors.get("r"));
        check("phi", divergence::phi, rewards, Vectors.numbers(vectors.get("phi")));
        checkSlope("phi'", divergence::phi, rewards, Vectors.numbers(vectors.get("weight_phi_prime")));
    }

    @Test
    void phiOfPearsonStopsRisingInsteadOfTurning() {
        assertThat(Evaluate.doubles(new PearsonChi2()::phi, 2, 3, 10)).containsExactly(1, 1, 1);
        assertThat(Evaluate.gradient(new PearsonChi2()::phi, 3, 10)).containsOnly(-0.0);
    }
}
