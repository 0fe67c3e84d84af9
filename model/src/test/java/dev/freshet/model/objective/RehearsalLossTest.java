package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.divergence.Closeness;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RehearsalLossTest {
    private static final Map<String, Rlvr> FORMS = Map.of(
            "FORWARD_NLL", rehearsing("forward-kl", "plain"),
            "DPH_F_centred", rehearsing("forward-kl", "centred"),
            "DPH_JS_generator_2JS", rehearsing("js-gan", "centred"),
            "DPH_JS_true_half", rehearsing("js", "centred"),
            "DPH_JS_definition_buffer_term", rehearsing("js-gan", "definition"),
            "ALPHA_0.2", rehearsing("\"alpha:0.2\"", "centred"),
            "ALPHA_0.5", rehearsing("\"alpha:0.5\"", "centred"),
            "ALPHA_0.8", rehearsing("\"alpha:0.8\"", "centred"));

    private static final JsonNode VECTORS = read();
    private static final JsonNode MASK = VECTORS.get("mask");
    private static final List<Double> POLICY = RlvrVectors.packed(VECTORS.get("logp_new"), MASK);
    private static final List<Double> ANCHOR = RlvrVectors.packed(VECTORS.get("logp_ref"), MASK);

    /** @param gradient at the log-probs */
    private record Outcome(double loss, List<Double> gradient, double divergence, double clamped) {}

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void tokenLossesAgreeWithTheVectors(DataType type) {
        FORMS.forEach((name, rlvr) -> {
            List<Double> expected = RlvrVectors.packed(VECTORS.get("per_token").get(name), MASK);
            for (int token = 0; token < expected.size(); token++) {
                Outcome alone = under(rlvr, List.of(POLICY.get(token)), List.of(ANCHOR.get(token)), List.of(1.0), type);
                bar(type).check(name + ", token " + token, alone.loss(), expected.get(token));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void lossAndGradientOfABatchAgreeWithTheVectors(DataType type) {
        FORMS.forEach((name, rlvr) -> {
            Outcome outcome = under(rlvr, POLICY, ANCHOR, weights(rlvr), type);
            bar(type)
                    .check(
                            name,
                            outcome.loss(),
                            VECTORS.get("token_mean").get(name).doubleValue());
            List<Double> gradient = RlvrVectors.packed(
                    VECTORS.get("grad_token_mean_wrt_logp_new").get(name), MASK);
            for (int token = 0; token < gradient.size(); token++) {
                bar(type).check(name + ", token " + token, outcome.gradient().get(token), gradient.get(token));
            }
        });
    }

    @Test
    void theAggregationIsThatOfTheRolloutsOverTheSequencesAlone() {
        FORMS.forEach((name, rlvr) -> {
            double[] perSequence = LossAggregation.SEQUENCE_MEAN_TOKEN_MEAN.tokenWeights(RlvrVectors.lengths(MASK), 1);
            List<Double> weights =
                    RlvrVectors.perToken(Arrays.stream(perSequence).boxed().toList(), RlvrVectors.lengths(MASK));
            Outcome outcome = under(rlvr, POLICY, ANCHOR, weights, DataType.FLOAT64);
            double expected = VECTORS.get("seq_mean_token_mean").get(name).doubleValue();
            Closeness.DOUBLE.check(name, outcome.loss(), expected);
        });
    }

    /** Each outcome stands in the batch once with its probability under the anchor, so that the loss is the expectation. */
    @Test
    void overTheAnchorsSamplesItIsTheDivergence() {
        JsonNode identities = VECTORS.get("enumerated_identities");
        List<Double> probabilities = RlvrVectors.numbers(identities.get("ref"));
        List<Double> policy = logs(RlvrVectors.numbers(identities.get("pi")));
        List<Double> anchor = logs(probabilities);
        double forward = under(rehearsing("forward-kl", "centred"), policy, anchor, probabilities, DataType.FLOAT64)
                .loss();
        double plain = under(rehearsing("forward-kl", "plain"), policy, anchor, probabilities, DataType.FLOAT64)
                .loss();
        double js = under(rehearsing("js-gan", "centred"), policy, anchor, probabilities, DataType.FLOAT64)
                .loss();
        assertThat(forward).isCloseTo(identities.get("KL_ref_pi").doubleValue(), within(1e-12));
        assertThat(plain).isCloseTo(identities.get("KL_ref_pi").doubleValue(), within(1e-12));
        assertThat(js).isCloseTo(identities.get("two_JS").doubleValue(), within(1e-12));
    }

    /** The released code's clamp of the value takes the gradient from forgotten tokens. */
    @ParameterizedTest
    @CsvSource({"forward-kl, centred_value, centred_grad", "js-gan, js_value, js_grad"})
    void aForgottenTokenIsPulledBack(String divergence, String value, String slope) {
        JsonNode trap = VECTORS.get("clamp_trap");
        List<Double> logRatios = RlvrVectors.numbers(trap.get("log_ratio"));
        for (int i = 0; i < logRatios.size(); i++) {
            Outcome outcome = under(
                    rehearsing(divergence, "centred"),
                    List.of(logRatios.get(i) - 5),
                    List.of(-5.0),
                    List.of(1.0),
                    DataType.FLOAT64);
            Closeness.DOUBLE.check(value, outcome.loss(), trap.get(value).get(i).doubleValue());
            Closeness.DOUBLE.check(
                    slope, outcome.gradient().get(0), trap.get(slope).get(i).doubleValue());
        }
    }

    @Test
    void beyondTheClampTheCoefficientIsThatAtItAndTheTokenIsCounted() {
        Outcome outcome = under(
                rehearsing("forward-kl", "centred"),
                List.of(-60.0, -1.0),
                List.of(-1.0, -1.0),
                List.of(1.0, 1.0),
                DataType.FLOAT64);
        assertThat(outcome.clamped()).isEqualTo(1);
        assertThat(outcome.gradient().get(0)).isCloseTo(Math.expm1(-20), within(1e-12));
        assertThat(outcome.gradient().get(1)).isCloseTo(0, within(1e-15));
    }

    /** The centred form holds still where it is; supervised learning of the same samples goes on pulling. */
    @Test
    void atTheAnchorOnlyThePlainFormPulls() {
        FORMS.forEach((name, rlvr) -> {
            List<Double> gradient =
                    under(rlvr, ANCHOR, ANCHOR, weights(rlvr), DataType.FLOAT64).gradient();
            double expected = name.equals("FORWARD_NLL") ? -1.0 / ANCHOR.size() : 0;
            assertThat(gradient).as(name).allSatisfy(slope -> assertThat(slope).isCloseTo(expected, within(1e-15)));
        });
    }

    @Test
    void theCoefficientScalesTheLossAndNotWhatIsReported() {
        Rlvr rlvr = rehearsing("forward-kl", "centred");
        Rlvr doubled = rlvr.withRegularisation(rlvr.regularisation().with("forward-kl", 2));
        Outcome once = under(rlvr, POLICY, ANCHOR, weights(rlvr), DataType.FLOAT64);
        Outcome twice = under(doubled, POLICY, ANCHOR, weights(rlvr), DataType.FLOAT64);
        assertThat(twice.loss()).isCloseTo(2 * once.loss(), within(1e-14));
        assertThat(twice.divergence()).isEqualTo(once.divergence());
        assertThat(once.divergence() / POLICY.size()).isCloseTo(once.loss(), within(1e-14));
    }

    @Test
    void rolloutsAreNotHeldToAReferenceUnlessTheDefinitionWantsIt() {
        Rlvr centred = rehearsing("js-gan", "centred");
        assertThat(centred.needsReference()).isFalse();
        assertThat(centred.rehearsal()).contains(new Rehearsal(RehearsalForm.CENTRED, 0.5));
        Tokenwise rollouts = Tokenwise.of(List.of(-1.0, -2.0), List.of(-1.5, -1.0));
        assertThat(rollouts.under(centred).loss()).isZero();
        assertThat(rollouts.under(centred).divergence()).isZero();

        Rlvr definition = rehearsing("js-gan", "definition");
        assertThat(definition.needsReference()).isTrue();
        Tokenwise.Outcome fresh = Tokenwise.of(List.of(-1.0), List.of(-1.0))
                .withReference(List.of(-2.0))
                .under(definition);
        double ratio = Math.E;
        double toMixture = Math.log((1 + ratio) / 2 / ratio);
        assertThat(fresh.loss()).isCloseTo(Math.expm1(toMixture) - toMixture, within(1e-12));
        assertThat(fresh.gradient().get(0)).isCloseTo(-toMixture + 1 / (1 + ratio) - 0.5, within(1e-12));
    }

    @Test
    void groupsOfEqualRewardsTeachNothingWhereOnlyRehearsalIsPenalised() {
        Rlvr dapo = Rlvr.from(Objectives.config(lines("forward-kl", "centred")), RlvrVariant.DAPO);
        assertThat(dapo.needsRewardVariance()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "js | plain | rehearsal of the form plain must be in the divergence forward-kl, whose generator it leaves uncentred,"
                        + " was in js (freshet.rehearsal.form, freshet.divergence): choose that, or the form centred",
                "forward-kl | definition | rehearsal of the form definition must be in the divergence js or js-gan, whose definition"
                        + " it is, was in forward-kl (freshet.rehearsal.form, freshet.divergence): choose that, or the form centred",
                "js | k3 | form must be centred, plain or definition, was \"k3\" (freshet.rehearsal.form)",
            })
    void formsThatADivergenceDoesNotHaveAreRefused(String divergence, String form, String refusal) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rehearsing(divergence, form))
                .withMessage(refusal);
    }

    @Test
    void aSwitchToADivergenceWithoutTheFormIsRefused() {
        Regularisation plain = rehearsing("forward-kl", "plain").regularisation();
        assertThatThrownBy(() -> plain.with("js", 1)).hasMessageContaining("must be in the divergence forward-kl");
        assertThat(plain.with("none", 1).holdsRehearsal()).isFalse();
    }

    @Test
    void withoutASetTheEstimatorIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Regularisation.from(Objectives.config("freshet.divergence-estimator = rehearsal")))
                .withMessage(
                        "divergence-estimator rehearsal needs a rehearsal set, and from is off (freshet.rehearsal.from,"
                                + " freshet.divergence-estimator): prepare one with freshet rehearsal and begin a run with it, or choose"
                                + " sampled");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Regularisation.from(Objectives.config("freshet.rehearsal.ratio = 0")))
                .withMessage("ratio must be above 0 and at most 100.0 rehearsal sequences for each rollout, was 0.0"
                        + " (freshet.rehearsal.ratio)");
    }

    @Test
    void aBatchHasItsRatioOfSequencesAndAtLeastOne() {
        assertThat(new Rehearsal(RehearsalForm.CENTRED, 0.5).sequences(512)).isEqualTo(256);
        assertThat(new Rehearsal(RehearsalForm.CENTRED, 0.01).sequences(8)).isEqualTo(1);
    }

    private static List<Double> weights(Rlvr rlvr) {
        int[] lengths = RlvrVectors.lengths(MASK);
        return RlvrVectors.perToken(
                Arrays.stream(rlvr.tokenWeights(lengths)).boxed().toList(), lengths);
    }

    private static Outcome under(
            Rlvr rlvr, List<Double> logProbs, List<Double> anchor, List<Double> weight, DataType type) {
        try (NDManager manager = NDManager.newBaseManager()) {
            JniUtils.setGraphExecutorOptimize(false);
            JniUtils.setNumThreads(1);
            JniUtils.setGradMode(true);
            NDArray current = array(manager, logProbs, type);
            current.setRequiresGradient(true);
            RehearsalTokens batch = new RehearsalTokens(array(manager, anchor, type), array(manager, weight, type));
            RehearsalLoss loss = rlvr.rehearsalLoss(batch, new TokenScores(current, current.zerosLike(), null));
            JniUtils.backward((PtNDArray) loss.loss(), (PtNDArray) loss.loss().onesLike(), false, false);
            return new Outcome(
                    scalar(loss.loss()),
                    doubles(current.getGradient()),
                    scalar(loss.divergence()),
                    scalar(loss.clampedLogRatios()));
        }
    }

    private static Rlvr rehearsing(String divergence, String form) {
        return Rlvr.from(Objectives.config(lines(divergence, form)), RlvrVariant.GRPO);
    }

    private static String lines(String divergence, String form) {
        return "freshet { divergence = " + divergence
                + ", divergence-coefficient = 1, divergence-estimator = rehearsal, rehearsal { from = set, form = "
                + form
                + " } }";
    }

    private static Closeness bar(DataType type) {
        return type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
    }

    private static NDArray array(NDManager manager, List<Double> values, DataType type) {
        double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
        return manager.create(numbers).toType(type, false);
    }

    private static double scalar(NDArray array) {
        return array.toType(DataType.FLOAT64, false).getDouble();
    }

    private static List<Double> doubles(NDArray array) {
        List<Double> values = new ArrayList<>();
        for (double value : array.toType(DataType.FLOAT64, false).toDoubleArray()) {
            values.add(value);
        }
        return Collections.unmodifiableList(values);
    }

    private static List<Double> logs(List<Double> probabilities) {
        return probabilities.stream().map(Math::log).toList();
    }

    private static JsonNode read() {
        String path = "/vectors/dph.json";
        try (InputStream file = Objects.requireNonNull(RehearsalLossTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
