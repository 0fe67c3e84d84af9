package dev.freshet.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetPipelineSettingsTest {
    @Test
    void defaultsKeepTwoBatchesReady() {
        assertThat(settings("")).isEqualTo(new DatasetPipelineSettings(64, 64, 64, 2, BadLines.DROP));
    }

    @Test
    void everyKeyIsRead() {
        DatasetPipelineSettings settings = settings("""
                freshet.dataset {
                  batch-examples = 3
                  read-parallelism = 5
                  score-parallelism = 7
                  prefetch-batches = 9
                  bad-lines = stop
                }
                """);
        assertThat(settings).isEqualTo(new DatasetPipelineSettings(3, 5, 7, 9, BadLines.STOP));
    }

    @ParameterizedTest
    @CsvSource({
        "batch-examples, 0, 'batch-examples must be at least 1, was 0 (freshet.dataset.batch-examples)'",
        "read-parallelism, 0, 'read-parallelism must be at least 1, was 0 (freshet.dataset.read-parallelism)'",
        "score-parallelism, -1, 'score-parallelism must be at least 1, was -1 (freshet.dataset.score-parallelism)'",
        "prefetch-batches, 0, 'prefetch-batches must be at least 1, was 0 (freshet.dataset.prefetch-batches)'",
        "bad-lines, skip, 'bad-lines must be drop or stop, was \"skip\" (freshet.dataset.bad-lines)'"
    })
    void refusesValuesOutOfRange(String key, String value, String message) {
        assertThatThrownBy(() -> settings("freshet.dataset." + key + " = " + value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static DatasetPipelineSettings settings(String overrides) {
        Config defaults = ConfigFactory.parseResources("dataset-pipeline.conf");
        return DatasetPipelineSettings.from(
                ConfigFactory.parseString(overrides).withFallback(defaults).resolve());
    }
}
