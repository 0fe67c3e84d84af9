package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.engine.Engine;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.ops.Skipped;
import dev.freshet.ops.cli.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings files that are shipped as examples can be run as they are. */
final class ExampleSettingsTest {
    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "conf"))) {
            return files.sorted().toList();
        }
    }

    static List<Path> ofAnyMachine() throws IOException {
        return examples().stream()
                .filter(example -> !example.endsWith("cuda.conf"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ofAnyMachine")
    void aRunTakesThem(Path example) {
        Config settings = new SettingsLoader().load(example, List.of());
        assertThatCode(() -> RunConfiguration.forTraining(settings)).doesNotThrowAnyException();
    }

    @Test
    void theOneForAGpuIsRefusedForWantOfOneAlone() {
        Skipped.unless(
                Engine.getEngine("PyTorch").getGpuCount() == 0,
                "there is a GPU, and the refusal for want of one was not tried");
        Config settings = new SettingsLoader().load(Path.of("..", "conf", "cuda.conf"), List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RunConfiguration.forTraining(settings))
                .withMessageStartingWith("device cuda:0 must be one of the 0 GPUs that the engine sees");
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
