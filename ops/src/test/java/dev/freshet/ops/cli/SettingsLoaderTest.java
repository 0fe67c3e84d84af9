package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.ops.control.CallBounds;
import dev.freshet.ops.control.ControlSettings;
import dev.freshet.ops.listen.ListenAddress;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.metrics.MetricsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
    private static final Config REFERENCE = ConfigFactory.parseString("""
            freshet {
              divergence = none
              divergence-coefficient = 0.02
              deterministic = false
              train { steps = 200, seed = 1 }
              generation { group-size = 8, timeout = 60 s }
              stop-tokens = [1]
              labels {}
            }
            akka.loglevel = INFO
            """);

    private final SettingsLoader loader = new SettingsLoader(REFERENCE);

    @TempDir
    private Path directory;

    @Test
    void singleSettingsLieOverTheFileAndTheFileOverTheDefaults() throws Exception {
        Path file = file("freshet.train { steps = 50, seed = 7 }");
        Config settings = loader.load(file, List.of("freshet.train.steps=20", "freshet.train.steps=30"));
        assertThat(settings.getInt("freshet.train.steps")).isEqualTo(30);
        assertThat(settings.getInt("freshet.train.seed")).isEqualTo(7);
        assertThat(settings.getInt("freshet.generation.group-size")).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"js", "alpha:0.5", "a b # c", "C:\\data", "${x}", ""})
    void aSingleSettingIsTakenAsTheTextThatItIs(String text) {
        assertThat(loader.defaults(List.of("freshet.divergence=" + text)).getString("freshet.divergence"))
                .isEqualTo(text);
    }

    @Test
    void aSingleSettingMayBeAListOrAQuotedText() {
        Config settings = loader.defaults(List.of("freshet.stop-tokens=[1, 2]", "freshet.divergence=\"js\""));
        assertThat(settings.getIntList("freshet.stop-tokens")).containsExactly(1, 2);
        assertThat(settings.getString("freshet.divergence")).isEqualTo("js");
    }

    @ParameterizedTest
    @CsvSource({
        "freshet.train.stepz, freshet.train.steps",
        "freshet.divergence-coeficient, freshet.divergence-coefficient",
        "freshet.group-size, freshet.generation.group-size",
        "freshet.trains.steps, freshet.train.steps"
    })
    void anUnknownKeyIsRefusedAndTheNearestOneNamed(String key, String nearest) {
        assertThatThrownBy(() -> loader.defaults(List.of(key + "=1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--set " + key + "=1: there is no setting freshet.")
                .hasMessageEndingWith("; did you mean " + nearest + "?");
    }

    @Test
    void anUnknownKeyOfAFileIsRefusedWithItsLine() throws Exception {
        Path file = file("freshet.train {", "  steps = 50", "  sead = 7", "}");
        assertThatThrownBy(() -> loader.load(file, List.of()))
                .hasMessage(file + ":3: there is no setting freshet.train.sead; did you mean freshet.train.seed?");
    }

    @Test
    void aKeyLikeNoOtherIsRefusedWithoutAGuess() {
        assertThatThrownBy(() -> loader.defaults(List.of("quux=1")))
                .hasMessage(
                        "--set quux=1: there is no setting quux; the keys that exist are documented in reference.conf");
    }

    @Test
    void anEmptyGroupOfTheReferenceTakesAnyKey() {
        assertThat(loader.defaults(List.of("freshet.labels.team=blue")).getString("freshet.labels.team"))
                .isEqualTo("blue");
    }

    @Test
    void settingsOfLibrariesAreTheirOwn() {
        assertThat(loader.defaults(List.of("akka.loglevel=DEBUG", "akka.actor.x=1"))
                        .getString("akka.loglevel"))
                .isEqualTo("DEBUG");
    }

    @ParameterizedTest
    @CsvSource({
        "freshet.train.steps=many, freshet.train.steps must be a whole number",
        "freshet.train.steps=1.5, freshet.train.steps must be a whole number",
        // Which BigDecimal takes, and cannot strip of its zeros.
        "freshet.train.steps=100e2147483647, freshet.train.steps must be a whole number",
        "freshet.train=5, freshet.train must be a group of settings in braces",
        "freshet.divergence-coefficient=high, freshet.divergence-coefficient must be a number",
        "freshet.divergence-coefficient=NaN, freshet.divergence-coefficient must be a number",
        "freshet.deterministic=maybe, freshet.deterministic must be true or false",
        "freshet.stop-tokens=3, freshet.stop-tokens must be a list in brackets",
        "freshet.divergence=[3], freshet.divergence must be a single value"
    })
    void aValueOfTheWrongKindIsRefused(String setting, String rule) {
        assertThatThrownBy(() -> loader.defaults(List.of(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--set " + setting + ": " + rule + ", was ");
    }

    @Test
    void aWholeNumberWillDoForAnyNumberAndANumberForADuration() {
        Config settings =
                loader.defaults(List.of("freshet.divergence-coefficient=1", "freshet.generation.timeout=500"));
        assertThat(settings.getDouble("freshet.divergence-coefficient")).isEqualTo(1);
        assertThat(settings.getDuration("freshet.generation.timeout")).isEqualTo(Duration.ofMillis(500));
    }

    /** Whose default may be a whole number, as the 1.0 of the temperature. */
    @Test
    void whatIsWrittenWithAPointTakesAnyNumber() {
        assertThat(new SettingsLoader()
                        .defaults(List.of("freshet.generation.temperature=0.7"))
                        .getDouble("freshet.generation.temperature"))
                .isEqualTo(0.7);
    }

    @Test
    void aFileMayReferToTheDefaults() throws Exception {
        Path file = file("freshet.train.seed = ${freshet.train.steps}");
        assertThat(loader.load(file, List.of()).getInt("freshet.train.seed")).isEqualTo(200);
    }

    @Test
    void aReferenceToNothingIsRefusedWithItsLine() throws Exception {
        Path file = file("", "freshet.train.seed = ${nothing}");
        assertThatThrownBy(() -> loader.load(file, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ":2: ")
                .hasMessageContaining("${nothing}");
    }

    @Test
    void aMalformedFileIsRefusedWithItsLine() throws Exception {
        Path file = file("freshet.train {", "  steps = = 5", "}");
        assertThatThrownBy(() -> loader.load(file, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ":2: ");
    }

    @Test
    void aMissingFileIsRefusedByName() {
        assertThatThrownBy(() -> loader.load(directory.resolve("no.conf"), List.of()))
                .hasMessage("settings file " + directory.resolve("no.conf")
                        + " does not exist; name one that does (--config)");
        assertThatThrownBy(() -> loader.load(directory, List.of()))
                .hasMessage("settings file " + directory + " is not a readable file; name one that is (--config)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"freshet.train.steps", "=5"})
    void aSingleSettingNeedsKeyAndValue(String setting) {
        assertThatThrownBy(() -> loader.defaults(List.of(setting)))
                .hasMessage("a single setting must be key=value, as in freshet.train.steps=100, was " + setting
                        + " (--set)");
    }

    @Test
    void aMalformedKeyIsRefused() {
        assertThatThrownBy(() -> loader.defaults(List.of("freshet..steps=5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot read the setting freshet..steps=5: ");
    }

    @Test
    void theShippedDefaultsAreWhatIsPromised() {
        Config settings = new SettingsLoader().defaults(List.of());
        ControlSettings control = ControlSettings.from(settings);
        assertThat(control.listening())
                .isEqualTo(new Listening(
                        new ListenAddress("freshet.control", "127.0.0.1", 7070), Optional.empty(), Optional.empty()));
        assertThat(control.callTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(control.bounds()).isEqualTo(new CallBounds(256, 16, 16, 64, 100, 64 * 1024, Duration.ofSeconds(10)));
        assertThat(Listening.from(settings, MetricsServer.KEY).address())
                .isEqualTo(new ListenAddress("freshet.metrics", "127.0.0.1", 9464));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "call-timeout=0 s | call-timeout must be longer than 0, was 0 ms",
                "max-concurrent-calls=0 | max-concurrent-calls must be at least 1, was 0",
                "max-streams=0 | max-streams must be at least 1, was 0",
                "evaluate-timeout=0 s | evaluate-timeout must be longer than 0, was 0 ms",
                "quiet-limit=0 s | quiet-limit must be longer than 0, was 0 ms",
                "max-calls-per-connection=0 | max-calls-per-connection must be at least 1, was 0",
                "max-calls-per-second=0 | max-calls-per-second must be 1 to 1000000, was 0",
                "request-timeout=0 | request-timeout must be at least 1 ms, was 0 ms",
                "max-message-size=1 | max-message-size must be 1 KiB to 64 MiB, was 1 bytes"
            })
    void controlSettingsOutOfRangeAreRefused(String setting, String message) {
        Config settings = new SettingsLoader().defaults(List.of("freshet.control." + setting));
        assertThatThrownBy(() -> ControlSettings.from(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message + " (freshet.control.");
    }

    private Path file(String... lines) throws Exception {
        return Files.write(directory.resolve("settings.conf"), List.of(lines));
    }
}
