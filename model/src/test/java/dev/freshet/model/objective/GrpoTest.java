package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.divergence.Closeness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpoTest {
    private static final Regularisation NONE = Regularisation.of("none", 0.1);

    private static final Map<String, Grpo> VARIANTS = Map.of(
            "ppo_0.2_0.2", grpo(0.2, 0.2, OptionalDouble.empty()),
            "dapo_clip_higher_0.2_0.28", grpo(0.2, 0.28, OptionalDouble.empty()),
            "dph_released_0.2_0.28_dualclip3", grpo(0.2, 0.28, OptionalDouble.of(3)));

    private final JsonNode surrogate = RlvrVectors.read().get("surrogate");
    private final JsonNode mask = surrogate.get("mask");
    private final int[] lengths = RlvrVectors.lengths(mask);

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void tokenLossesAgreeWithTheVectors(DataType type) {
        VARIANTS.forEach((name, grpo) -> {
            List<Double> expected =
                    RlvrVectors.packed(surrogate.get("variants").get(name).get("per_token"), mask);
            for (int token = 0; token < expected.size(); token++) {
                Tokenwise.Outcome alone = single(batch(), token).under(grpo, type);
                bar(type).check(name + ", token " + token, alone.loss(), expected.get(token));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void lossAndGradientOfABatchAgreeWithTheVectors(DataType type) {
        VARIANTS.forEach((name, grpo) -> {
            JsonNode expected = surrogate.get("variants").get(name);
            Tokenwise.Outcome outcome = weighted(batch(), grpo).under(grpo, type);
            bar(type).check(name, outcome.loss(), expected.get("token_mean").doubleValue());
            List<Double> gradient = RlvrVectors.packed(expected.get("grad_token_mean"), mask);
            for (int token = 0; token < gradient.size(); token++) {
                bar(type).check(name + ", token " + token, outcome.gradient().get(token), gradient.get(token));
            }
        });
    }

    @Test
    void dualClipBoundsWhatASingleTokenCanCost() {
        // A token that has become e^4 times as likely although it is bad costs 3, not 54.6, and pulls no further.
        Tokenwise token = Tokenwise.of(List.of(-1.0), List.of(-5.0)).withAdvantage(List.of(-1.0));
        Tokenwise.Outcome outcome = token.under(grpo(0.2, 0.2, OptionalDouble.of(3)));
        assertThat(outcome.loss()).isEqualTo(3);
        assertThat(outcome.gradient()).containsOnly(0.0);
        assertThat(outcome.clippedHigh()).isEqualTo(1);
    }

    @Test
    void clipsOnlyWhenTheAdvantageFavoursTheMove() {
        Tokenwise moved = Tokenwise.of(List.of(-1.0, -1.0, -2.0, -2.0), List.of(-1.5, -1.5, -1.5, -1.5))
                .withAdvantage(List.of(1.0, -1.0, 1.0, -1.0));
        Tokenwise.Outcome outcome = moved.under(grpo(0.2, 0.2, OptionalDouble.empty()));
        assertThat(outcome.gradient().get(0)).isZero();
        assertThat(outcome.gradient().get(1)).isPositive();
        assertThat(outcome.gradient().get(2)).isNegative();
        assertThat(outcome.gradient().get(3)).isZero();
        assertThat(outcome.clippedHigh()).isEqualTo(1);
        assertThat(outcome.clippedLow()).isEqualTo(1);
    }

    @Test
    void gradientIsTheDifferenceQuotient() {
        Grpo grpo = grpo(0.2, 0.28, OptionalDouble.of(3));
        Tokenwise batch = weighted(batch(), grpo);
        List<Double> gradient = batch.under(grpo).gradient();
        double step = 1e-6;
        for (int token = 0; token < gradient.size(); token++) {
            double above = batch.withLogProbs(moved(batch.logProbs(), token, step))
                    .under(grpo)
                    .loss();
            double below = batch.withLogProbs(moved(batch.logProbs(), token, -step))
                    .under(grpo)
                    .loss();
            // Central differences of a smooth piece: error of order step^2, rounding of order 1e-16 / step.
            assertThat((above - below) / (2 * step)).isCloseTo(gradient.get(token), within(1e-8));
        }
    }

    @Test
    void microBatchesAddUp() {
        Grpo grpo = grpo(0.2, 0.2, OptionalDouble.empty());
        Tokenwise batch = weighted(batch(), grpo);
        Tokenwise.Outcome whole = batch.under(grpo);
        double parts = 0;
        for (int token = 0; token < batch.logProbs().size(); token++) {
            Tokenwise.Outcome part = single(batch, token).under(grpo);
            parts += part.loss();
            assertThat(part.gradient().get(0)).isEqualTo(whole.gradient().get(token));
        }
        assertThat(parts).isCloseTo(whole.loss(), within(1e-15));
    }

    @Test
    void samplingCorrectionMultipliesATokensLoss() {
        Grpo grpo = grpo(0.2, 0.2, OptionalDouble.empty());
        Tokenwise token = Tokenwise.of(List.of(-1.0), List.of(-1.1)).withAdvantage(List.of(0.7));
        Tokenwise.Outcome plain = token.under(grpo);
        Tokenwise.Outcome halved = token.withCorrection(List.of(0.5)).under(grpo);
        assertThat(halved.loss()).isCloseTo(plain.loss() / 2, within(1e-15));
        assertThat(halved.gradient().get(0)).isCloseTo(plain.gradient().get(0) / 2, within(1e-15));
    }

    @Test
    void ratiosBeyondTheClampStayFiniteAndAreCounted() {
        Tokenwise tokens = Tokenwise.of(List.of(-1.0, -1.0, -500.0), List.of(-1.0, -90.0, -1.0))
                .withAdvantage(List.of(1.0, -1.0, 1.0));
        Tokenwise.Outcome outcome = tokens.under(grpo(0.2, 0.2, OptionalDouble.empty()), DataType.FLOAT32);
        assertThat(outcome.clamped()).isEqualTo(2);
        assertThat(outcome.ratio()).isCloseTo(1 + Math.exp(20), within(100.0));
        assertThat(outcome.loss()).isFinite();
        assertThat(outcome.gradient()).allSatisfy(slope -> assertThat(slope).isFinite());
    }

    @Test
    void ratiosAreSummedForTheEffectiveSampleSize() {
        Tokenwise tokens = Tokenwise.of(List.of(Math.log(0.5), Math.log(0.3)), List.of(Math.log(0.25), Math.log(0.6)));
        Tokenwise.Outcome outcome = tokens.under(grpo(0.2, 0.2, OptionalDouble.empty()));
        assertThat(outcome.ratio()).isCloseTo(2.5, within(1e-12));
        assertThat(outcome.squaredRatio()).isCloseTo(4.25, within(1e-12));
    }

    @Test
    void onlyWithoutAPenaltyAreGroupsOfEqualRewardsRefilled() {
        Grpo none = grpo(0.2, 0.2, OptionalDouble.empty());
        assertThat(none.needsRewardVariance()).isTrue();
        assertThat(none.needsReference()).isFalse();
        Grpo penalised = none.withRegularisation(Regularisation.of("js", 0.1));
        assertThat(penalised.needsRewardVariance()).isFalse();
        assertThat(penalised.needsReference()).isTrue();
        assertThat(none.withRegularisation(Regularisation.of("js", 0)).needsRewardVariance())
                .isTrue();
    }

    @Test
    void groupsOfEqualRewardsAreKeptUnlessTheyAreToBeRefilled() {
        Grpo refilled = grpo(0.2, 0.2, OptionalDouble.empty());
        GrpoSettings settings = refilled.settings();
        GrpoSettings kept = new GrpoSettings(
                settings.advantage(),
                EqualRewards.KEEP,
                settings.clipLow(),
                settings.clipHigh(),
                settings.dualClip(),
                settings.aggregation(),
                settings.lengthNorm(),
                settings.logRatioClamp(),
                settings.divergenceWeightCap());
        assertThat(new Grpo(kept, NONE).needsRewardVariance()).isFalse();
    }

    private Tokenwise batch() {
        List<Double> advantages = RlvrVectors.numbers(surrogate.get("advantage_per_sequence"));
        return Tokenwise.of(
                        RlvrVectors.packed(surrogate.get("logp_new"), mask),
                        RlvrVectors.packed(surrogate.get("logp_old"), mask))
                .withAdvantage(RlvrVectors.perToken(advantages, lengths));
    }

    private Tokenwise weighted(Tokenwise batch, Grpo grpo) {
        List<Double> weights = new ArrayList<>();
        for (double weight : grpo.tokenWeights(lengths)) {
            weights.add(weight);
        }
        return batch.withWeight(RlvrVectors.perToken(weights, lengths));
    }

    private static Tokenwise single(Tokenwise batch, int token) {
        return Tokenwise.of(
                        List.of(batch.logProbs().get(token)),
                        List.of(batch.behaviour().get(token)))
                .withAdvantage(List.of(batch.advantage().get(token)))
                .withWeight(List.of(batch.weight().get(token)));
    }

    private static List<Double> moved(List<Double> values, int index, double step) {
        List<Double> moved = new ArrayList<>(values);
        moved.set(index, values.get(index) + step);
        return moved;
    }

    private static Closeness bar(DataType type) {
        return type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
    }

    private static Grpo grpo(double clipLow, double clipHigh, OptionalDouble dualClip) {
        GrpoSettings settings = new GrpoSettings(
                GroupAdvantage.STANDARDISED,
                EqualRewards.REFILL,
                clipLow,
                clipHigh,
                dualClip,
                LossAggregation.TOKEN_MEAN,
                4,
                20,
                5);
        return new Grpo(settings, NONE);
    }
}
