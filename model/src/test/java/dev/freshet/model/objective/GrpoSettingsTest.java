package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpoSettingsTest {
    private static final Config DEFAULTS = ConfigFactory.parseResources("learning.conf");

    @Test
    void defaultsAreTheQuickstarts() {
        Grpo grpo = Grpo.from(DEFAULTS);
        assertThat(grpo.settings())
                .isEqualTo(new GrpoSettings(
                        GroupAdvantage.STANDARDISED,
                        EqualRewards.KEEP,
                        0.2,
                        0.2,
                        OptionalDouble.of(3),
                        LossAggregation.TOKEN_MEAN,
                        1024,
                        20,
                        5));
        assertThat(grpo.regularisation()).isEqualTo(Regularisation.of("js", 0.05));
    }

    @Test
    void everyNumberCanBeSet() {
        assertThat(GrpoSettings.from(ConfigFactory.parseString("""
                        freshet.grpo {
                          advantage = centred, equal-rewards = refill, clip-low = 0.1, clip-high = 0.28, dual-clip = off, aggregation = dr-grpo
                          length-norm = 8, log-ratio-clamp = 10, divergence-weight-cap = 2
                        }""")))
                .isEqualTo(new GrpoSettings(
                        GroupAdvantage.CENTRED,
                        EqualRewards.REFILL,
                        0.1,
                        0.28,
                        OptionalDouble.empty(),
                        LossAggregation.DR_GRPO,
                        8,
                        10,
                        2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "equal-rewards=drop | equal-rewards must be keep or refill, was \"drop\" (freshet.grpo.equal-rewards)",
                "clip-low=0 | clip-low must be above 0 and at most 1, was 0.0 (freshet.grpo.clip-low)",
                "clip-low=1.5 | clip-low must be above 0 and at most 1, was 1.5 (freshet.grpo.clip-low)",
                "clip-high=0 | clip-high must be finite and above 0, was 0.0 (freshet.grpo.clip-high)",
                "dual-clip=1 | dual-clip must be finite and above 1, or off, was 1.0 (freshet.grpo.dual-clip)",
                "length-norm=0 | length-norm must be at least 1 token, was 0 (freshet.grpo.length-norm)",
                "log-ratio-clamp=100 | log-ratio-clamp must be above 0 and at most 80 nats, was 100.0"
                        + " (freshet.grpo.log-ratio-clamp)",
                "divergence-weight-cap=0.5 | divergence-weight-cap must be finite and at least 1, was 0.5"
                        + " (freshet.grpo.divergence-weight-cap)"
            })
    void badNumbersAreRefused(String setting, String refusal) {
        Config config = ConfigFactory.parseString("freshet.grpo." + setting).withFallback(DEFAULTS);
        assertThatThrownBy(() -> GrpoSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal);
    }

    @Test
    void aBadCoefficientIsRefused() {
        assertThatThrownBy(() -> Regularisation.of("js", -1))
                .hasMessage("divergence coefficient must be finite and at least 0, was -1.0"
                        + " (freshet.divergence-coefficient)");
        assertThatThrownBy(() -> Regularisation.of("js", Double.NaN)).hasMessageContaining("was NaN");
    }
}
