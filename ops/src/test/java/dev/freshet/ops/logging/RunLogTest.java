package dev.freshet.ops.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.actors.RefusedException;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.RotatingFile;
import dev.freshet.ops.run.RunEvents;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointRefused;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.TailCut;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process has one log, so these take turns with whatever else logs. */
@Isolated
class RunLogTest {
    private static final Logger OURS = LoggerFactory.getLogger("dev.freshet.some.Part");
    private static final Logger A_LIBRARY = LoggerFactory.getLogger("akka.some.Part");
    private static final Config DEFAULTS = ConfigFactory.parseResources("log.conf");

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("freshet.log");
    }

    /** Other tests find the console's level as it was. */
    @AfterEach
    void putBack() {
        RunLog.open(folder.resolve("back.log"), "quickstart", settings("level = info"), InstantSource.system())
                .close();
    }

    @Test
    void everyLineHasTheRunAndTheNewestVersionWhateverThreadItComesFrom() throws Exception {
        try (RunLog log = open("level = info")) {
            OURS.warn("before there is a policy");
            log.accept(RunEvents.started(-1));
            log.accept(RunEvents.step(7));
            Thread other = new Thread(() -> OURS.info("from elsewhere"), "a-thread");
            other.start();
            other.join();
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0))
                .matches("\\S+Z WARN  quickstart - \\[.*] dev.freshet.some.Part: before there is a policy");
        assertThat(lines.get(1)).contains(" INFO  quickstart v0 ").contains("EventLog: RunStarted[run=quickstart");
        assertThat(lines.get(2)).endsWith(" INFO  quickstart v7 [a-thread] dev.freshet.some.Part: from elsewhere");
        assertThat(lines).hasSize(3);
    }

    @Test
    void noTextThatIsQuotedLooksLikeALineOfTheLog() throws Exception {
        try (RunLog log = open("level = info")) {
            log.accept(RunEvents.step(7));
            OURS.warn("it said \"4\n2026-11-29T00:00:00Z ERROR forged\u001b[2J\"");
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).endsWith("dev.freshet.some.Part: it said \"4");
        assertThat(lines.get(1)).isEqualTo("    2026-11-29T00:00:00Z ERROR forged\\u001b[2J\"");
    }

    @Test
    void jsonLinesHoldTheSameAndAStackTraceOnOneLine() throws Exception {
        try (RunLog log = open("format = json")) {
            log.accept(RunEvents.step(7));
            OURS.warn("a \"quoted\"\nmessage", new IllegalStateException("why"));
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(1);
        JsonNode line = new JsonMapper().readTree(lines.get(0));
        assertThat(Instant.parse(line.path("time").asText())).isAfter(Instant.EPOCH);
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.path("run").asText()).isEqualTo("quickstart");
        assertThat(line.path("policy_version").asLong()).isEqualTo(7);
        assertThat(line.path("logger").asText()).isEqualTo("dev.freshet.some.Part");
        assertThat(line.path("message").asText()).isEqualTo("a \"quoted\"\nmessage");
        assertThat(line.path("stack_trace").asText()).startsWith("java.lang.IllegalStateException: why\n\tat ");
    }

    @Test
    void theLevelChangesWhileItIsOpenAndLibrariesAreHeldToWarnings() throws IOException {
        try (RunLog log = open("level = warn")) {
            OURS.info("not yet");
            log.level(LogLevel.DEBUG);
            OURS.debug("now");
            A_LIBRARY.info("never");
            A_LIBRARY.warn("always");
            log.accept(RunEvents.step(1));
            log.level(LogLevel.ERROR);
            A_LIBRARY.warn("not any more");
        }

        assertThat(Files.readString(file))
                .contains("Part: now\n", "Part: always\n", "StepTrained[")
                .doesNotContain("not yet", "never", "not any more");
    }

    @Test
    void aChangeOfItsLevelHoldsFromThatEventOnAndIsLoggedWhateverWay() throws IOException {
        try (RunLog log = open("level = error")) {
            log.accept(changed("freshet.train.learning-rate", "1e-3", "2e-4"));
            log.accept(changed("freshet.log.level", "error", "DEBUG"));
            OURS.debug("now");
            log.accept(changed("freshet.log.level", "DEBUG", "warn"));
            OURS.info("not any more");
        }

        assertThat(Files.readAllLines(file))
                .satisfiesExactly(
                        line -> assertThat(line).contains("key=freshet.log.level, fromValue=error, toValue=DEBUG"),
                        line -> assertThat(line).endsWith("Part: now"),
                        line -> assertThat(line).contains("key=freshet.log.level, fromValue=DEBUG, toValue=warn"));
    }

    private static ParameterChanged changed(String key, String from, String to) {
        return new ParameterChanged(key, from, to, new PolicyVersion(4), ChangeOrigin.COMMAND);
    }

    @Test
    void everyTenthOfTheWarmUpIsALine() throws IOException {
        try (RunLog log = open("level = info")) {
            for (int step = 12; step <= 1250; step += step == 1248 ? 2 : 12) {
                log.accept(new WarmUpProgressed(step, 1250, 0.5, 2000));
            }
        }

        assertThat(Files.readAllLines(file)).hasSize(10).allMatch(line -> line.contains(" INFO  quickstart - "));
        assertThat(Files.readString(file)).contains("[step=132, totalSteps=1250", "[step=1250, totalSteps=1250");
    }

    @Test
    void whatHappensToEachGroupIsNeverLogged() throws IOException {
        try (RunLog log = open("level = trace")) {
            log.accept(RunEvents.dropped(1));
            log.accept(RunEvents.sampled(1, "42"));
            log.accept(new CheckpointFailed(new PolicyVersion(1), "no room"));
            log.accept(new CheckpointRefused(new PolicyVersion(1), "damaged"));
        }

        assertThat(Files.readAllLines(file))
                .satisfiesExactly(
                        line -> assertThat(line).contains(" WARN ", "CheckpointFailed["),
                        line -> assertThat(line).contains(" WARN ", "CheckpointRefused["));
    }

    @Test
    void itsFilesHaveABoundInAllAndATornTailIsCut() throws IOException {
        Rotation small = new Rotation(1000, 3);
        LogSettings settings = new LogSettings(LogFormat.PLAIN, LogLevel.INFO, LogLevel.ERROR, small);
        try (RunLog log = RunLog.open(file, "quickstart", settings, InstantSource.system())) {
            for (int i = 0; i < 100; i++) {
                OURS.info("line {}", i);
            }
            assertThat(log.deleteSurplus(Instant.now()))
                    .isNotEmpty()
                    .allSatisfy(deleted -> assertThat(deleted.kind()).isEqualTo("log"));
        }
        List<Path> parts = RotatingFile.parts(file);
        assertThat(parts).hasSize(3);
        assertThat(Files.readString(file)).contains("line 99\n");

        Files.writeString(file, "torn");
        try (RunLog log = open("level = info")) {
            assertThat(log.tailCut()).contains(new TailCut("freshet.log", 4, "torn"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsCountedAndStopsNobody() throws IOException {
        Files.createSymbolicLink(file, Path.of("/dev/full"));

        try (RunLog log = open("level = info")) {
            OURS.warn("lost");
            OURS.warn("lost, too");
            assertThat(log.failures()).isEqualTo(2);
        }
    }

    @Test
    void refusesAFileThatCannotBeOpened() throws IOException {
        Files.createDirectory(file);

        assertThatThrownBy(() -> open("level = info"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("cannot open " + file + " (")
                .hasMessageEndingWith("): make it a file that can be written");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format = xml | the format of a log must be plain or json, was \"xml\" (freshet.log.format)",
                "level = loud | the level of a log must be one of error, warn, info, debug, trace, was \"loud\" (freshet.log.level)",
                "console-level = off | the level of a log must be one of error, warn, info, debug, trace, was \"off\""
                        + " (freshet.log.console-level)",
                "files = 0 | files must be at least 1, was 0 (freshet.log.files)",
            })
    void refusesValuesOutsideTheirRange(String setting, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> settings(setting)).withMessage(message);
    }

    private RunLog open(String setting) {
        return RunLog.open(file, "quickstart", settings(setting), InstantSource.system());
    }

    private static LogSettings settings(String setting) {
        return LogSettings.from(ConfigFactory.parseString("freshet.log { console-level = error, " + setting + " }")
                .withFallback(DEFAULTS));
    }
}
