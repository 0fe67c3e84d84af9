package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationSettingsTest {
    @Test
    void measuresMoreAsFarAsTheSamplesSuffice() {
        assertThat(settings(16, 1, 4, 16).alsoMeasuring(List.of(1, 8)).ks()).containsExactly(1, 4, 8, 16);
        assertThat(settings(4, 4).alsoMeasuring(List.of(1, 8)).ks()).containsExactly(1, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 s", "-1 s", "101 days"})
    void anEvaluationHasATimeInWhichItEnds(String timeout) {
        assertThatThrownBy(() -> EvaluationSettings.from(WrittenRun.settings("freshet.evaluation.timeout=" + timeout)))
                .hasMessageStartingWith("timeout must be at least 1 ms and at most 100 days, was ")
                .hasMessageEndingWith(" (freshet.evaluation.timeout)");
    }

    private static EvaluationSettings settings(int samples, Integer... ks) {
        return new EvaluationSettings(9, samples, List.of(ks), Duration.ofMinutes(1));
    }
}
