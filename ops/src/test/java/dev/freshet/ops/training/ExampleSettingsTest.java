package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.ops.cli.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings files that are shipped as examples can be run as they are. */
final class ExampleSettingsTest {
    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "conf"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aRunTakesThem(Path example) {
        Config settings = new SettingsLoader().load(example, List.of());
        assertThatCode(() -> RunConfiguration.forTraining(settings)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theySayOnlyWhatDiffersFromTheDefaults(Path example) {
        Config defaults = ConfigFactory.defaultReference();
        Config own = ConfigFactory.parseFile(example.toFile());
        assertThat(own.entrySet())
                .isNotEmpty()
                .noneSatisfy(setting -> assertThat(setting.getValue()).isEqualTo(defaults.getValue(setting.getKey())));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theySayWhy(Path example) throws IOException {
        assertThat(Files.readString(example)).startsWith("# ");
    }
}
