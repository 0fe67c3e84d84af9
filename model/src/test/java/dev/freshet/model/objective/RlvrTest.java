package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.divergence.Closeness;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RlvrTest {
    private static final Rlvr PPO = grpo("clip-low = 0.2, clip-high = 0.2, dual-clip = off");
    private static final Rlvr DUAL = grpo("clip-low = 0.2, clip-high = 0.28, dual-clip = 3");

    private static final Map<String, Rlvr> VARIANTS = Map.of(
            "ppo_0.2_0.2", PPO,
            "dapo_clip_higher_0.2_0.28", Objectives.of(RlvrVariant.DAPO),
            "dph_released_0.2_0.28_dualclip3", DUAL);

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
        Tokenwise.Outcome outcome = token.under(grpo("dual-clip = 3"));
        assertThat(outcome.loss()).isEqualTo(3);
        assertThat(outcome.gradient()).containsOnly(0.0);
        assertThat(outcome.clippedHigh()).isEqualTo(1);
    }

    @Test
    void clipsOnlyWhenTheAdvantageFavoursTheMove() {
        Tokenwise moved = Tokenwise.of(List.of(-1.0, -1.0, -2.0, -2.0), List.of(-1.5, -1.5, -1.5, -1.5))
                .withAdvantage(List.of(1.0, -1.0, 1.0, -1.0));
        Tokenwise.Outcome outcome = moved.under(PPO);
        assertThat(outcome.gradient().get(0)).isZero();
        assertThat(outcome.gradient().get(1)).isPositive();
        assertThat(outcome.gradient().get(2)).isNegative();
        assertThat(outcome.gradient().get(3)).isZero();
        assertThat(outcome.clippedHigh()).isEqualTo(1);
        assertThat(outcome.clippedLow()).isEqualTo(1);
    }

    @Test
    void gradientIsTheDifferenceQuotient() {
        Rlvr grpo = DUAL;
        Tokenwise batch = weighted(batch(), grpo);
        List<Double> gradient = batch.under(grpo).gradient();
        double step = 1e-6;
        for (int token = 0; token < gradient.size(); token++) {
            double above = batch.moved(token, step).under(grpo).loss();
            double below = batch.moved(token, -step).under(grpo).loss();
            // Central differences of a smooth piece: error of order step^2, rounding of order 1e-16 / step.
            assertThat((above - below) / (2 * step)).isCloseTo(gradient.get(token), within(1e-8));
        }
    }

    @Test
    void microBatchesAddUp() {
        Rlvr grpo = PPO;
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
        Rlvr grpo = PPO;
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
        Tokenwise.Outcome outcome = tokens.under(PPO, DataType.FLOAT32);
        assertThat(outcome.clamped()).isEqualTo(2);
        assertThat(outcome.ratio()).isCloseTo(1 + Math.exp(20), within(100.0));
        assertThat(outcome.loss()).isFinite();
        assertThat(outcome.gradient()).allSatisfy(slope -> assertThat(slope).isFinite());
    }

    @Test
    void ratiosAreSummedForTheEffectiveSampleSize() {
        Tokenwise tokens = Tokenwise.of(List.of(Math.log(0.5), Math.log(0.3)), List.of(Math.log(0.25), Math.log(0.6)));
        Tokenwise.Outcome outcome = tokens.under(PPO);
        assertThat(outcome.ratio()).isCloseTo(2.5, within(1e-12));
        assertThat(outcome.squaredRatio()).isCloseTo(4.25, within(1e-12));
    }

    /** The exploration part of DPH-RL's hybrid loss; its rehearsal is a divergence estimated from samples of the anchor. */
    @Test
    void theHybridTotalsExplorationIsTheReleasedSurrogate() {
        JsonNode total = RlvrVectors.read().get("dph_total");
        double exploration = weighted(batch(), DUAL).under(DUAL).loss();
        bar(DataType.FLOAT64).check("L_exp", exploration, total.get("L_exp").doubleValue());
        double rehearsal = total.get("eta").doubleValue() * total.get("L_pef").doubleValue();
        bar(DataType.FLOAT64)
                .check("total", exploration + rehearsal, total.get("total").doubleValue());
    }

    @Test
    void groupsOfEqualRewardsAreRefilledUnderAPenaltyWhereThatIsAskedForAlone() {
        Rlvr always = grpo("equal-rewards = refill");
        assertThat(always.needsRewardVariance()).isTrue();
        assertThat(always.withRegularisation(Regularisation.of("js", 0.1)).needsRewardVariance())
                .isTrue();
        Rlvr none = grpo("equal-rewards = refill-without-penalty");
        assertThat(none.needsRewardVariance()).isTrue();
        assertThat(none.needsReference()).isFalse();
        Rlvr penalised = none.withRegularisation(Regularisation.of("js", 0.1));
        assertThat(penalised.needsRewardVariance()).isFalse();
        assertThat(penalised.needsReference()).isTrue();
        assertThat(none.withRegularisation(Regularisation.of("js", 0)).needsRewardVariance())
                .isTrue();
    }

    @Test
    void groupsOfEqualRewardsAreKeptUnlessTheyAreToBeRefilledAndTeachNothing() {
        assertThat(grpo("equal-rewards = keep").needsRewardVariance()).isFalse();
        assertThat(grpo("equal-rewards = refill, advantage = batch-standardised")
                        .needsRewardVariance())
                .isFalse();
    }

    /** Countdown's completions have six tokens at most, and its answers five and a stop. */
    @Test
    void anAnswerThatEndsJustInTimeIsNotPunishedAsOneThatIsCutOff() {
        Rlvr dapo = grpo("overlong-share = 0.2 }, freshet.generation { max-completion-length = 6");
        double ended = dapo.shaping(rollout(6, FinishReason.STOP));
        double cutOff = dapo.shaping(rollout(6, FinishReason.LENGTH));
        assertThat(cutOff).isEqualTo(-1);
        assertThat(ended).isCloseTo(-1 / 6.0, within(1e-12));
    }

    private static Rollout rollout(int tokens, FinishReason finished) {
        int[] completion = new int[tokens];
        float[] logProbs = new float[tokens];
        return new Rollout(
                Tokens.of(completion),
                finished,
                LogProbs.of(logProbs),
                LogProbs.of(logProbs),
                TokenVersions.of(new long[tokens]));
    }

    private Tokenwise batch() {
        List<Double> advantages = RlvrVectors.numbers(surrogate.get("advantage_per_sequence"));
        return Tokenwise.of(
                        RlvrVectors.packed(surrogate.get("logp_new"), mask),
                        RlvrVectors.packed(surrogate.get("logp_old"), mask))
                .withAdvantage(RlvrVectors.perToken(advantages, lengths));
    }

    private Tokenwise weighted(Tokenwise batch, Rlvr grpo) {
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

    private static Closeness bar(DataType type) {
        return type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
    }

    private static Rlvr grpo(String settings) {
        return Objectives.of(RlvrVariant.GRPO, "freshet.rlvr { " + settings + " }");
    }
}
