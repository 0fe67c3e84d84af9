package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.divergence.Closeness;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Objectives of preferences against numbers computed outside this project's code. */
class PreferenceVectorsTest {
    private static final JsonNode VECTORS = vectors();
    private static final double BETA = VECTORS.path("beta").asDouble();
    private static final Examplewise PAIRS = pairs();

    private static JsonNode vectors() {
        String path = "/vectors/dpo.json";
        try (InputStream file = Objects.requireNonNull(PreferenceVectorsTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new IllegalStateException(path, e);
        }
    }

    private static Examplewise pairs() {
        return Examplewise.ofNumbers(
                ExampleKind.PREFERENCE,
                alternating(VECTORS.path("chosen_logp"), VECTORS.path("rejected_logp")),
                alternating(VECTORS.path("chosen_ref"), VECTORS.path("rejected_ref")));
    }

    private static List<Double> alternating(JsonNode chosen, JsonNode rejected) {
        List<Double> both = new ArrayList<>();
        for (int pair = 0; pair < chosen.size(); pair++) {
            both.add(chosen.get(pair).asDouble());
            both.add(rejected.get(pair).asDouble());
        }
        return both;
    }

    private static Examplewise pair(int pair) {
        return Examplewise.of(
                ExampleKind.PREFERENCE,
                PAIRS.logProbs().subList(2 * pair, 2 * pair + 2),
                Objects.requireNonNull(PAIRS.reference()).subList(2 * pair, 2 * pair + 2));
    }

    @ParameterizedTest
    @CsvSource({
        "REVERSE_KL_standard_DPO, reverse-kl",
        "FORWARD_KL, forward-kl",
        "JS, js-gan",
        "ALPHA_0.3, alpha:0.3",
        "ALPHA_0.5, alpha:0.5",
        "JEFFREYS, jeffreys"
    })
    void fDpoHasTheLinkOfItsDivergence(String name, String divergence) {
        JsonNode expected = VECTORS.path("losses").path(name);
        FDpo objective = new FDpo(40, Regularisation.of(divergence, BETA));
        agrees(objective, expected.path("mean"), expected.path("per_pair"));
        Examplewise.Outcome outcome = PAIRS.under(objective);
        JsonNode gradient = expected.path("grad_chosen_rejected");
        double margins = 0;
        for (int pair = 0; pair < 3; pair++) {
            Closeness.DOUBLE.check(
                    "gradient at the chosen",
                    outcome.gradient().get(2 * pair),
                    gradient.at("/0/" + pair).asDouble());
            Closeness.DOUBLE.check(
                    "gradient at the rejected",
                    outcome.gradient().get(2 * pair + 1),
                    gradient.at("/1/" + pair).asDouble());
            margins += expected.path("margin_times_beta").get(pair).asDouble() / 3;
        }
        Closeness.DOUBLE.check("margin", measure(outcome, "margin"), margins);
    }

    @Test
    void dpoIsFdpoInReverseKl() {
        JsonNode expected = VECTORS.path("losses").path("REVERSE_KL_standard_DPO");
        agrees(new Dpo(Regularisation.of("js", BETA)), expected.path("mean"), expected.path("per_pair"));
        Examplewise.Outcome outcome = PAIRS.under(new Dpo(Regularisation.of("js", BETA)));
        assertThat(measure(outcome, "preferred")).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(measure(outcome, "chosen_log_prob")).isCloseTo((-12 - 20 - 8.5) / 3, within(1e-9));
    }

    /** Else a pair of long completions would have no margin. */
    @Test
    void beyondTheClampTheLinkGoesOn() {
        Regularisation reverseKl = Regularisation.of("reverse-kl", BETA);
        Examplewise farAway = Examplewise.ofNumbers(ExampleKind.PREFERENCE, List.of(-60.0, -90.0), List.of(-1.0, -2.0));
        Examplewise.Outcome dpo = farAway.under(new Dpo(reverseKl));
        Examplewise.Outcome clamped = farAway.under(new FDpo(40, reverseKl));
        // The slope beyond is a difference, exact to eight digits.
        assertThat(clamped.loss()).isCloseTo(dpo.loss(), within(1e-8));
        for (int side = 0; side < 2; side++) {
            assertThat(clamped.gradient().get(side)).isCloseTo(dpo.gradient().get(side), within(1e-8));
        }
        assertThat(measure(clamped, "preferred")).isEqualTo(1);
        assertThat(measure(clamped, "clamped_log_ratios")).isEqualTo(1);
    }

    @Test
    void cdpoBelievesALabelLess() {
        agrees(new Cdpo(0.1, Regularisation.of("js", BETA)), VECTORS.path("none"), VECTORS.path("cdpo_eps0.1"));
    }

    @Test
    void ipoHoldsTheGapAtANumber() {
        agrees(new Ipo(Regularisation.of("js", BETA)), VECTORS.path("none"), VECTORS.path("ipo"));
    }

    private static void agrees(DatasetObjective objective, JsonNode mean, JsonNode perPair) {
        double total = 0;
        for (int pair = 0; pair < perPair.size(); pair++) {
            double expected = perPair.get(pair).asDouble();
            Examplewise.Outcome wide = pair(pair).under(objective);
            Examplewise.Outcome narrow = pair(pair).under(objective, DataType.FLOAT32);
            Closeness.DOUBLE.check("a pair's loss", wide.loss(), expected);
            Closeness.FLOAT.check("a pair's loss in single precision", narrow.loss(), expected);
            for (int token = 0; token < wide.gradient().size(); token++) {
                Closeness.FLOAT.check(
                        "its gradient in single precision",
                        narrow.gradient().get(token),
                        wide.gradient().get(token));
            }
            total += expected / perPair.size();
        }
        Closeness.DOUBLE.check("the mean", PAIRS.under(objective).loss(), mean.asDouble(total));
    }

    @ParameterizedTest
    @CsvSource({"tv", "pearson-chi2", "softened-reverse-kl", "alpha:-0.5", "none"})
    void fDpoTakesNoDivergenceWhosePartitionFunctionWouldStay(String divergence) {
        assertThatThrownBy(() -> new FDpo(40, Regularisation.of(divergence, BETA)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("f-dpo must have a divergence")
                .hasMessageContaining("freshet.divergence");
    }

    @Test
    void theGradientIsThatOfTheLoss() {
        for (DatasetObjective objective : List.of(
                new Dpo(Regularisation.of("js", 0.3)),
                new FDpo(40, Regularisation.of("forward-kl", 0.3)),
                // Log ratios of 0.1 to 1, all beyond its clamp.
                new FDpo(0.05, Regularisation.of("forward-kl", 0.3)),
                new FDpo(0.05, Regularisation.of("js-gan", 0.3)),
                new Cdpo(0.2, Regularisation.of("js", 0.3)),
                new Ipo(Regularisation.of("js", 0.3)))) {
            agreesWithDifferences(objective);
        }
    }

    private static void agreesWithDifferences(DatasetObjective objective) {
        Examplewise batch = Examplewise.of(
                ExampleKind.PREFERENCE,
                List.of(List.of(-1.0, -2.0), List.of(-0.5), List.of(-3.0), List.of(-1.5, -0.2, -0.7)),
                List.of(List.of(-1.2, -1.7), List.of(-0.9), List.of(-2.0), List.of(-1.0, -0.4, -0.6)));
        List<Double> gradient = batch.under(objective).gradient();
        double step = 1e-5;
        for (int token = 0; token < gradient.size(); token++) {
            double rise = batch.moved(token, step).under(objective).loss()
                    - batch.moved(token, -step).under(objective).loss();
            // Central differences err by the square of the step, and by rounding over the step.
            assertThat(gradient.get(token)).isCloseTo(rise / (2 * step), within(1e-7));
        }
    }

    @Test
    void withoutAReferenceTheyAreRefused() {
        assertThatThrownBy(() -> PAIRS.withoutReference().under(new Dpo(Regularisation.of("js", BETA))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("objective dpo needs reference log-probs, the batch has none (freshet.reference,"
                        + " freshet.objective)");
    }

    private static double measure(Examplewise.Outcome outcome, String name) {
        return Objects.requireNonNull(outcome.measures().get(name), name);
    }
}
