package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.divergence.Closeness;
import dev.freshet.model.divergence.DivergenceSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FlatUnlearningTest {
    private static final JsonNode VECTORS = read();
    private static final JsonNode LOSSES = VECTORS.get("losses_mean_over_examples");
    private static final List<List<Double>> TEMPLATE = logs(VECTORS.get("template_token_probs"));
    private static final List<List<Double>> FORGET = logs(VECTORS.get("forget_token_probs"));
    private static final AnswerPairs PAIRS = AnswerPairs.of(FORGET, TEMPLATE);

    /** FLAT names generators of template over forget. */
    private static final Map<String, String> SPECS = new TreeMap<>(Map.of(
            "KL", "reverse-kl",
            "REVERSE_KL", "forward-kl",
            "PEARSON", "pearson-chi2",
            "NEYMAN", "neyman-chi2",
            "SQUARED_HELLINGER", "squared-hellinger",
            "JEFFREYS", "jeffreys",
            "JENSEN_SHANNON", "js-gan",
            "TOTAL_VARIATION", "tv"));

    /** Every divergence that settings can name, the vectors' and others. */
    static Stream<String> specs() {
        return Stream.concat(
                DivergenceSpec.named().keySet().stream(),
                Stream.of("alpha:-1", "alpha:0.2", "alpha:0.5", "alpha:0.8", "alpha:2"));
    }

    @Test
    void allOfTheVectorsLossesAreThere() {
        assertThat(LOSSES.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(SPECS.keySet());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void lossesAndGradientsAgreeWithTheVectors(DataType type) {
        SPECS.forEach((name, spec) -> {
            JsonNode vectors = LOSSES.get(name);
            AnswerPairs.Outcome outcome = PAIRS.under(flat(spec), type);
            List<Double> expected = RlvrVectors.numbers(vectors.get("per_example"));
            for (int example = 0; example < expected.size(); example++) {
                bar(type).check(name, outcome.perExample().get(example), expected.get(example));
            }
            bar(type).check(name, outcome.mean(), vectors.get("batch_mean").doubleValue());
            // The vectors' gradient is at probabilities, each example's template before its answer; ours is at their
            // logarithms.
            List<Double> ours = new ArrayList<>();
            List<Double> probabilities = new ArrayList<>();
            int template = 0;
            int forget = 0;
            for (int example = 0; example < FORGET.size(); example++) {
                for (double logProb : TEMPLATE.get(example)) {
                    ours.add(outcome.templateGradient().get(template));
                    probabilities.add(Math.exp(logProb));
                    template++;
                }
                for (double logProb : FORGET.get(example)) {
                    ours.add(outcome.forgetGradient().get(forget));
                    probabilities.add(Math.exp(logProb));
                    forget++;
                }
            }
            List<Double> gradient = RlvrVectors.numbers(vectors.get("grad_token_probs"));
            for (int token = 0; token < gradient.size(); token++) {
                bar(type)
                        .check(
                                name + ", token " + token,
                                ours.get(token),
                                gradient.get(token) * probabilities.get(token));
            }
        });
    }

    @Test
    void meanProbabilitiesAreOfEachAnswerAlone() {
        // The loss under reverse KL is e^(P_f - 1) - P_e.
        List<Double> losses = PAIRS.under(flat("reverse-kl")).perExample();
        List<Double> template = RlvrVectors.numbers(VECTORS.get("pbar_template"));
        List<Double> forget = RlvrVectors.numbers(VECTORS.get("pbar_forget"));
        for (int i = 0; i < losses.size(); i++) {
            assertThat(losses.get(i)).isCloseTo(Math.exp(forget.get(i) - 1) - template.get(i), within(1e-12));
        }
    }

    /** A loss of one token an answer is one of the mean probabilities themselves. */
    @ParameterizedTest
    @MethodSource("specs")
    void slopesAtTheMeansAreThoseOfTheVectors(String spec) {
        SPECS.forEach((name, known) -> {
            if (!known.equals(spec)) {
                return;
            }
            List<Double> template = RlvrVectors.numbers(VECTORS.get("pbar_template"));
            List<Double> forget = RlvrVectors.numbers(VECTORS.get("pbar_forget"));
            AnswerPairs.Outcome outcome = single(forget, template).under(flat(spec));
            List<Double> atTemplate = RlvrVectors.numbers(LOSSES.get(name).get("dL_dPbar_template"));
            List<Double> atForget = RlvrVectors.numbers(LOSSES.get(name).get("dL_dPbar_forget"));
            int examples = template.size();
            for (int i = 0; i < examples; i++) {
                Closeness.DOUBLE.check(
                        name, outcome.templateGradient().get(i), atTemplate.get(i) * template.get(i) / examples);
                Closeness.DOUBLE.check(
                        name, outcome.forgetGradient().get(i), atForget.get(i) * forget.get(i) / examples);
            }
        });
    }

    /** The sign that the released code has wrong for three of them. */
    @ParameterizedTest
    @MethodSource("specs")
    void descendingTheLossRaisesTheTemplateAndLowersTheAnswer(String spec) {
        List<Double> grid = List.of(1e-3, 0.05, 0.2, 0.5, 0.9, 0.999);
        for (double forget : grid) {
            AnswerPairs.Outcome outcome =
                    single(Collections.nCopies(grid.size(), forget), grid).under(flat(spec));
            assertThat(outcome.templateGradient())
                    .as(spec)
                    .allSatisfy(slope -> assertThat(slope).isNegative());
            assertThat(outcome.forgetGradient())
                    .as(spec)
                    .allSatisfy(slope -> assertThat(slope).isPositive());
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void gradientIsTheDifferenceQuotient(String spec) {
        double step = 1e-6;
        AnswerPairs.Outcome outcome = PAIRS.under(flat(spec));
        double atForget = (PAIRS.forgetMoved(1, 0, step).under(flat(spec)).mean()
                        - PAIRS.forgetMoved(1, 0, -step).under(flat(spec)).mean())
                / (2 * step);
        double atTemplate = (PAIRS.templateMoved(0, 2, step).under(flat(spec)).mean()
                        - PAIRS.templateMoved(0, 2, -step).under(flat(spec)).mean())
                / (2 * step);
        // Rounding of the loss, 1e-16, over the step; and the third derivative times its square.
        assertThat(outcome.forgetGradient().get(5)).isCloseTo(atForget, within(1e-8));
        assertThat(outcome.templateGradient().get(2)).isCloseTo(atTemplate, within(1e-8));
    }

    /** Padding and other rows would dilute a mean over the batch. */
    @Test
    void anExampleDoesNotDependOnThoseBesideIt() {
        for (String spec : SPECS.values()) {
            AnswerPairs alone = AnswerPairs.of(List.of(FORGET.get(1)), List.of(TEMPLATE.get(1)));
            // A row is summed up with as many zeros as the longest has more.
            assertThat(alone.under(flat(spec)).perExample().get(0))
                    .isCloseTo(PAIRS.under(flat(spec)).perExample().get(1), within(1e-14));
        }
    }

    @Test
    void withoutADivergenceItIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> flat("none"))
                .withMessage(
                        "objective flat needs a divergence, had none (freshet.divergence): its authors' choice is tv");
    }

    /** dL/dP(template) < 0 < dL/dP(forget), through the batch that the learner makes. */
    @ParameterizedTest
    @MethodSource("specs")
    void ofABatchsAnswersTheFirstIsForgottenAndTheSecondIsTheTemplate(String spec) {
        List<List<Double>> sequences = new ArrayList<>();
        for (int i = 0; i < FORGET.size(); i++) {
            sequences.add(FORGET.get(i));
            sequences.add(TEMPLATE.get(i));
        }
        Examplewise.Outcome outcome = Examplewise.of(ExampleKind.FORGET_PAIR, sequences, sequences)
                .withoutReference()
                .under(flat(spec));
        double mean = PAIRS.under(flat(spec)).perExample().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        Closeness.DOUBLE.check("loss", outcome.loss(), mean);
        int token = 0;
        for (int i = 0; i < sequences.size(); i++) {
            for (int place = 0; place < sequences.get(i).size(); place++) {
                double slope = outcome.gradient().get(token++);
                assertThat(i % 2 == 0 ? slope : -slope).isPositive();
            }
        }
    }

    private static FlatUnlearning flat(String spec) {
        return new FlatUnlearning(Regularisation.of(spec, 0.1));
    }

    /** Answers of one token, of these probabilities. */
    private static AnswerPairs single(List<Double> forget, List<Double> template) {
        return AnswerPairs.of(ofOneToken(forget), ofOneToken(template));
    }

    private static List<List<Double>> ofOneToken(List<Double> probabilities) {
        return probabilities.stream()
                .map(probability -> List.of(Math.log(probability)))
                .toList();
    }

    private static List<List<Double>> logs(JsonNode answers) {
        List<List<Double>> logs = new ArrayList<>();
        answers.forEach(answer ->
                logs.add(RlvrVectors.numbers(answer).stream().map(Math::log).toList()));
        return logs;
    }

    private static Closeness bar(DataType type) {
        return type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
    }

    private static JsonNode read() {
        String path = "/vectors/flat.json";
        try (InputStream file = Objects.requireNonNull(FlatUnlearningTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
