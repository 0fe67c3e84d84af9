package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationSettingsTest {
    @Test
    void measuresMoreAsFarAsTheSamplesSuffice() {
        assertThat(new EvaluationSettings(9, 16, List.of(1, 4, 16))
                        .alsoMeasuring(List.of(1, 8))
                        .ks())
                .containsExactly(1, 4, 8, 16);
        assertThat(new EvaluationSettings(9, 4, List.of(4))
                        .alsoMeasuring(List.of(1, 8))
                        .ks())
                .containsExactly(1, 4);
    }
}
