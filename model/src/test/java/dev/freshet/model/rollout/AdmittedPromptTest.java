package dev.freshet.model.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmittedPromptTest {
    private static final Prompt PROMPT = new Prompt("1+1=", Tokens.of(1, 2), "2");

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1e-39, 9.99e-7, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesATemperatureThatNothingCanBeSampledAt(double temperature) {
        assertThatThrownBy(() -> new AdmittedPrompt(0, PROMPT, temperature))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("temperature must be at least 1.0E-6, and finite, was " + temperature
                        + " (freshet.generation.temperature)");
    }

    @Test
    void takesTheLowestTemperature() {
        assertThat(new AdmittedPrompt(0, PROMPT, AdmittedPrompt.LOWEST_TEMPERATURE).temperature())
                .isEqualTo(1e-6);
    }
}
