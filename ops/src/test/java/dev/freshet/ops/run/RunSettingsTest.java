package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.ops.run.RunSettings.Rotation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSettingsTest {
    private static final Config DEFAULTS = ConfigFactory.parseResources("run.conf");

    @Test
    void hasDefaults() {
        assertThat(RunSettings.from(DEFAULTS))
                .isEqualTo(new RunSettings(
                        Path.of("runs"),
                        "",
                        2,
                        256L << 20,
                        1000,
                        new Rotation(64L << 20, 16),
                        new Rotation(64L << 20, 16),
                        new Rotation(16L << 20, 64, Optional.of(Duration.ofDays(30)))));
    }

    @Test
    void readsEveryKey() {
        Config explicit = ConfigFactory.parseString("freshet.run { directory = d, name = n, rollouts-per-step = 0,"
                + " min-free-space = 1 KiB, journal { file-size = 64 KiB, files = 1, max-age = 1 day },"
                + " metrics { file-size = 65 KiB, files = 3, max-age = off },"
                + " rollouts { file-size = 1 MiB, files = 2, max-age = 90 minutes }, samples { files = 9 } }");

        assertThat(RunSettings.from(explicit))
                .isEqualTo(new RunSettings(
                        Path.of("d"),
                        "n",
                        0,
                        1024,
                        9,
                        new Rotation(65536, 1, Optional.of(Duration.ofDays(1))),
                        new Rotation(65 * 1024, 3),
                        new Rotation(1 << 20, 2, Optional.of(Duration.ofMinutes(90)))));
        assertThat(explicit.entrySet())
                .as("all but drain-deadline, which is read with the times of the actors")
                .hasSize(DEFAULTS.entrySet().size() - 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name = \"../x\" | a run's name must be made of letters, digits, '.', '_' and '-', and not begin with a '.',"
                        + " was \"../x\" (freshet.run.name)",
                "samples.files = 0 | files must be at least 1, was 0 (freshet.run.samples.files)",
                "rollouts-per-step = -1 | rollouts-per-step must be at least 0, was -1 (freshet.run.rollouts-per-step)",
                "journal.file-size = 10 B | file-size must be at least 64 KiB, was 10 bytes (freshet.run.journal.file-size)",
                "metrics.max-age = 5 s | max-age must be off or at least 1 minute, was 5 s (freshet.run.metrics.max-age)",
                "rollouts.files = 0 | files must be at least 1, was 0 (freshet.run.rollouts.files)",
            })
    void refusesValuesOutsideTheirRange(String setting, String message) {
        Config config = ConfigFactory.parseString("freshet.run." + setting).withFallback(DEFAULTS);

        assertThatThrownBy(() -> RunSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void namesARunByItsStartUnlessTold() {
        Instant start = Instant.parse("2026-11-23T14:15:03Z");
        Config named = ConfigFactory.parseString("freshet.run.name = first").withFallback(DEFAULTS);

        assertThat(RunSettings.from(DEFAULTS).runDirectory(start)).isEqualTo(Path.of("runs/20261123-141503"));
        assertThat(RunSettings.from(named).runDirectory(start)).isEqualTo(Path.of("runs/first"));
    }
}
