package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GeneratorVectorsTest {
    private static final JsonNode GENERATORS = Vectors.read("generators");

    static Stream<Arguments> generators() {
        return Family.byVectorName().entrySet().stream()
                .map(entry -> Arguments.of(entry.getValue(), GENERATORS.get(entry.getKey())));
    }

    @Test
    void everyGeneratorOfTheVectorsIsTested() {
        assertThat(Family.byVectorName().keySet()).isEqualTo(Set.copyOf(names(GENERATORS)));
    }

    @ParameterizedTest
    @MethodSource("generators")
    void quantitiesOfTheLogRatioAgree(FDivergence divergence, JsonNode vectors) {
        double[] logRatios = logarithms(vectors.get("t"));
        check("f", divergence::value, logRatios, vectors.get("f"));
        check("f'", divergence::derivative, logRatios, vectors.get("f_prime"));
        check("f/t", divergence::valueOnPolicy, logRatios, vectors.get("on_policy_value_f_over_t"));
        check("t f'", divergence::anchorCoefficient, logRatios, vectors.get("anchor_sample_grad_coeff_t_f_prime"));
        check("-f'", divergence::pseudoReward, logRatios, vectors.get("fdpg_pseudo_reward"));
    }

    @ParameterizedTest
    @MethodSource("generators")
    void secondDerivativesAgree(FDivergence divergence, JsonNode vectors) {
        if (divergence instanceof SmoothDivergence smooth) {
            check("f''", smooth::secondDerivative, logarithms(vectors.get("t")), vectors.get("f_second"));
            JsonNode weights = vectors.get("h_distill_at_r_equals_1_over_t");
            check("h", smooth::distillWeight, logarithms(vectors.get("r")), weights);
            // The dual's h, for which t is anchor over model.
            check("t^2 f''", smooth.dual()::distillWeight, logarithms(vectors.get("t")), vectors.get("f_second_t2"));
        }
    }

    @ParameterizedTest
    @MethodSource("generators")
    void derivativesHoldWhereTheRatioItselfOverflows(FDivergence divergence, JsonNode vectors) {
        JsonNode domain = vectors.get("log_domain");
        check("f'", divergence::derivative, Vectors.numbers(domain.get("ell")), domain.get("f_prime"));
    }

    @ParameterizedTest
    @MethodSource("generators")
    void conjugatesAgreeIncludingTheirConstantBranches(FDivergence divergence, JsonNode vectors) {
        JsonNode conjugate = vectors.get("conjugate");
        if (conjugate != null) {
            check("f*", divergence::conjugate, Vectors.numbers(conjugate.get("u")), conjugate.get("f_star"));
        }
    }

    @ParameterizedTest
    @MethodSource("generators")
    void limitsAndDualsAgree(FDivergence divergence, JsonNode vectors) {
        Closeness rounding = new Closeness(1e-14, 0);
        double[] limits = {divergence.valueAtZero(), divergence.derivativeAtInfinity()};
        double[] expected = {Vectors.number(vectors.get("f_at_0")), Vectors.number(vectors.get("f_prime_at_inf"))};
        rounding.check("limit", new double[] {0, Double.POSITIVE_INFINITY}, limits, expected);
        FDivergence named = Family.named(vectors.get("dual").textValue());
        double[] points = {-3, -0.1, 0, 0.5, 2};
        Closeness.DOUBLE.check(
                "dual",
                points,
                Evaluate.doubles(divergence.dual()::value, points),
                Evaluate.doubles(named::value, points));
    }

    private static void check(String what, UnaryOperator<NDArray> quantity, double[] arguments, JsonNode expected) {
        double[] numbers = Vectors.numbers(expected);
        Closeness.DOUBLE.check(what, arguments, Evaluate.doubles(quantity, arguments), numbers);
        Closeness.FLOAT.checkAsFloat(what, arguments, Evaluate.floats(quantity, arguments), numbers);
    }

    private static double[] logarithms(JsonNode ratios) {
        return Arrays.stream(Vectors.numbers(ratios)).map(Math::log).toArray();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
