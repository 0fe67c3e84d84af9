package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.objective.FdpgMoment.Feature;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FdpgSettingsTest {
    @Test
    void defaultsAreThePapersWithBounds() {
        assertThat(Fdpgs.of("js").settings())
                .isEqualTo(new FdpgSettings(
                        new FdpgTarget.Tilted(0.1),
                        FdpgContext.PROMPT,
                        16384,
                        1024,
                        OptionalDouble.of(50),
                        10,
                        OptionalInt.empty()));
    }

    @Test
    void everyChoiceCanBeMade() {
        assertThat(Fdpgs.of("js", """
                        freshet.fdpg {
                          target = moments, moments { reward = 0.5, length = 8, samples = 100 }
                          context = run, max-contexts = 3, baseline-window = 10, pseudo-reward-cap = off, weight-cap = 2
                          proposal = offline, proposal-interval = 4
                        }""").settings())
                .isEqualTo(new FdpgSettings(
                        new FdpgTarget.Moments(
                                List.of(new FdpgMoment(Feature.REWARD, 0.5), new FdpgMoment(Feature.LENGTH, 8)), 100),
                        FdpgContext.RUN,
                        3,
                        10,
                        OptionalDouble.empty(),
                        2,
                        OptionalInt.of(4)));
        assertThat(Fdpgs.of("tv", "freshet.fdpg.target = constraint").settings().target())
                .isEqualTo(new FdpgTarget.Constraint());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target=best | target must be tilted, constraint or moments, was \"best\" (freshet.fdpg.target)",
                "beta=0 | beta must be finite and at least 1.0E-6, was 0.0 (freshet.fdpg.beta)",
                "beta=1e-310 | beta must be finite and at least 1.0E-6, was 1.0E-310 (freshet.fdpg.beta)",
                "beta=NaN | beta must be finite and at least 1.0E-6, was NaN (freshet.fdpg.beta)",
                "target=moments | target moments must have the wanted mean of at least one feature, had none: set"
                        + " freshet.fdpg.moments.reward or .length",
                "moments.reward=much | moments.reward must be off or a number, was \"much\" (freshet.fdpg.moments.reward)",
                "moments.length=Infinity | the wanted mean of length must be finite, or off, was Infinity"
                        + " (freshet.fdpg.moments.length)",
                "context=group | context must be one of [prompt, run], was \"group\" (freshet.fdpg.context)",
                "max-contexts=0 | max-contexts must be at least 1, was 0 (freshet.fdpg.max-contexts)",
                "baseline-window=0 | baseline-window must be at least 1, was 0 (freshet.fdpg.baseline-window)",
                "pseudo-reward-cap=0 | pseudo-reward-cap must be finite and above 0, or off, was 0.0"
                        + " (freshet.fdpg.pseudo-reward-cap)",
                "pseudo-reward-cap=on | pseudo-reward-cap must be off or a number, was \"on\""
                        + " (freshet.fdpg.pseudo-reward-cap)",
                "proposal=frozen | proposal must be online or offline, was \"frozen\" (freshet.fdpg.proposal)",
                "proposal-interval=0 | proposal-interval must be at least 1 step, was 0 (freshet.fdpg.proposal-interval)",
                "weight-cap=0.5 | weight-cap must be finite and at least 1, was 0.5 (freshet.fdpg.weight-cap)"
            })
    void badChoicesAreRefused(String setting, String refusal) {
        assertThatThrownBy(() -> Fdpgs.of("js", "freshet.fdpg." + setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal);
    }

    @Test
    void aFitNeedsSamples() {
        assertThatThrownBy(() ->
                        Fdpgs.of("js", "freshet.fdpg { target = moments, moments { reward = 0.5, samples = 1 } }"))
                .hasMessage("samples must be from 2 to 100000, were 1 (freshet.fdpg.moments.samples)");
    }
}
