package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RlvrSettingsTest {
    private static final int LONGEST = 4;

    @Test
    void defaultsAreTheQuickstarts() {
        Rlvr grpo = Rlvr.from(Objectives.config(), RlvrVariant.GRPO);
        assertThat(grpo.settings())
                .isEqualTo(new RlvrSettings(
                        AdvantageRule.STANDARDISED,
                        Optional.empty(),
                        EqualRewards.KEEP,
                        RatioLevel.TOKEN,
                        Surrogate.CLIP,
                        0.2,
                        0.2,
                        OptionalDouble.of(3),
                        LossAggregation.TOKEN_MEAN,
                        LONGEST,
                        ProximalPolicy.BEHAVIOUR,
                        2,
                        20,
                        5));
        assertThat(grpo.regularisation()).isEqualTo(Regularisation.of("js", 0.05));
    }

    @Test
    void everyChoiceCanBeMade() {
        assertThat(Objectives.of(RlvrVariant.GRPO, """
                        freshet.rlvr {
                          advantage = centred, overlong-share = 0.5, equal-rewards = refill, ratio = sequence, surrogate = cispo
                          clip-low = 0.1, clip-high = 0.28, dual-clip = off, aggregation = dr-grpo, length-norm = 8
                          proximal = step-start, behaviour-weight-cap = 3, log-ratio-clamp = 10, divergence-weight-cap = 2
                        }""").settings())
                .isEqualTo(new RlvrSettings(
                        AdvantageRule.CENTRED,
                        Optional.of(new OverlongPunishment(LONGEST, 0.5)),
                        EqualRewards.REFILL,
                        RatioLevel.SEQUENCE,
                        Surrogate.CISPO,
                        0.1,
                        0.28,
                        OptionalDouble.empty(),
                        LossAggregation.DR_GRPO,
                        8,
                        ProximalPolicy.STEP_START,
                        3,
                        10,
                        2));
    }

    @Test
    void whatIsAutoIsAsTheMethodHasItAndWhatIsWrittenHoldsForAll() {
        for (RlvrVariant variant : RlvrVariant.ALL) {
            RlvrSettings auto = Objectives.of(variant).settings();
            assertThat(auto.advantage()).isEqualTo(variant.advantage());
            assertThat(auto.clipHigh()).isEqualTo(variant.clipHigh());
            assertThat(auto.dualClip()).isEqualTo(variant.dualClip());
            assertThat(auto.overlong().isPresent())
                    .isEqualTo(variant.overlongShare().isPresent());
            RlvrSettings written =
                    Objectives.of(variant, "freshet.rlvr.clip-high = 0.5").settings();
            assertThat(written.clipHigh()).isEqualTo(0.5);
            assertThat(written.clipLow()).isEqualTo(variant.clipLow());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "advantage=rank | advantage must be one of [standardised, centred, leave-one-out, batch-standardised,"
                        + " centred-batch-standardised], was \"rank\" (freshet.rlvr.advantage)",
                "equal-rewards=drop | equal-rewards must be one of [keep, refill, refill-without-penalty], was \"drop\" (freshet.rlvr.equal-rewards)",
                "ratio=word | ratio must be one of [token, sequence], was \"word\" (freshet.rlvr.ratio)",
                "surrogate=trpo | surrogate must be one of [clip, cispo], was \"trpo\" (freshet.rlvr.surrogate)",
                "proximal=auto | proximal must be one of [behaviour, step-start], was \"auto\" (freshet.rlvr.proximal)",
                "clip-low=0 | clip-low must be above 0 and at most 1, was 0.0 (freshet.rlvr.clip-low)",
                "clip-low=1.5 | clip-low must be above 0 and at most 1, was 1.5 (freshet.rlvr.clip-low)",
                "clip-low=little | clip-low must be auto or a number, was \"little\" (freshet.rlvr.clip-low)",
                "clip-high=0 | clip-high must be finite and above 0, was 0.0 (freshet.rlvr.clip-high)",
                "clip-high=NaN | clip-high must be finite and above 0, was NaN (freshet.rlvr.clip-high)",
                "dual-clip=1 | dual-clip must be finite and above 1, or off, was 1.0 (freshet.rlvr.dual-clip)",
                "dual-clip=on | dual-clip must be auto or off or a number, was \"on\" (freshet.rlvr.dual-clip)",
                "overlong-share=0 | overlong-share must be in (0, 1], or off, was 0.0 (freshet.rlvr.overlong-share)",
                "length-norm=0 | length-norm must be at least 1 token, was 0 (freshet.rlvr.length-norm)",
                "length-norm=1.5 | length-norm must be auto or a whole number, was \"1.5\" (freshet.rlvr.length-norm)",
                "behaviour-weight-cap=0.5 | behaviour-weight-cap must be finite and at least 1, was 0.5"
                        + " (freshet.rlvr.behaviour-weight-cap)",
                "log-ratio-clamp=100 | log-ratio-clamp must be above 0 and at most 80 nats, was 100.0"
                        + " (freshet.rlvr.log-ratio-clamp)",
                "divergence-weight-cap=0.5 | divergence-weight-cap must be finite and at least 1, was 0.5"
                        + " (freshet.rlvr.divergence-weight-cap)"
            })
    void badChoicesAreRefused(String setting, String refusal) {
        assertThatThrownBy(() -> Objectives.of(RlvrVariant.GRPO, "freshet.rlvr." + setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal);
    }

    @Test
    void groupsOfOneAreForMethodsThatCompareWithinTheBatch() {
        String alone = "freshet.generation.group-size = 1";
        assertThat(Objectives.of(RlvrVariant.REINFORCE_PLUS_PLUS, alone).name()).isEqualTo("reinforce-plus-plus");
        assertThatThrownBy(() -> Objectives.of(RlvrVariant.GRPO, alone))
                .hasMessage("group-size must be at least 2 for advantages that are standardised, was 1"
                        + " (freshet.generation.group-size): choose that, or advantages of the whole batch"
                        + " (freshet.rlvr.advantage)");
    }

    @Test
    void aBadCoefficientIsRefused() {
        assertThatThrownBy(() -> Regularisation.of("js", -1))
                .hasMessage("divergence coefficient must be finite and at least 0, was -1.0"
                        + " (freshet.divergence-coefficient)");
        assertThatThrownBy(() -> Regularisation.of("js", Double.NaN)).hasMessageContaining("was NaN");
    }
}
