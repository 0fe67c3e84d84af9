package dev.freshet.ops;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.cli.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ops/deploy} ships for systemd and Docker is right as far as it can be told without running it. */
final class DeployFilesTest {
    private static final Path DEPLOY = Repository.ROOT.resolve("ops/deploy");
    private static final Path UNIT = DEPLOY.resolve("systemd/freshet.service");
    private static final Path DOCKERFILE = DEPLOY.resolve("docker/Dockerfile");

    /** With the default settings: see {@code DrainSettings}. */
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(62);

    @TempDir
    private Path folder;

    @Test
    void scriptsCanBeRunAndParse() throws Exception {
        for (String script : List.of("distribution", "health")) {
            Path file = DEPLOY.resolve(script);
            assertThat(Files.isExecutable(file)).as(script).isTrue();
            assertThat(run("bash", "-n", file.toString())).as(script).isEmpty();
        }
    }

    @Test
    void theUnitIsWhatSystemdTakes() throws Exception {
        assumeInstalled("systemd-analyze", "freshet.service");
        String unit = Repository.read(UNIT)
                .replaceAll("(?m)^ExecStart=\\S+", "ExecStart=/bin/true")
                .replaceAll("(?m)^Documentation=.*$", "");
        Path file = Files.writeString(folder.resolve("freshet.service"), unit);

        assertThat(run("systemd-analyze", "verify", file.toString()))
                .as("what systemd-analyze finds wrong with freshet.service")
                .isEmpty();
    }

    @Test
    void theUnitDrainsWithinItsTimeAndIsWatchedAndHardened() {
        String unit = Repository.read(UNIT);

        assertThat(minutes(unit, "TimeoutStopSec=(\\d+)min")).isGreaterThan(LONGEST_DRAIN.toMinutes());
        assertThat(unit.lines())
                .contains("Type=notify", "Restart=on-failure", "RestartPreventExitStatus=2", "User=freshet")
                .contains("ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=");
        assertThat(unit).containsPattern("(?m)^WatchdogSec=\\d+min$").contains("--resume-or-begin");
    }

    @Test
    void theImageIsPinnedAndRunsAsNobodyInParticularAndTellsItsHealth() {
        List<String> lines = Repository.read(DOCKERFILE).lines().toList();

        assertThat(lines)
                .filteredOn(line -> line.startsWith("FROM "))
                .hasSize(2)
                .allMatch(line ->
                        line.matches("FROM [a-z/-]+:\\d+\\.\\d+\\.\\d+[\\w.-]*(@sha256:[0-9a-f]{64})?( AS [a-z]+)?"));
        assertThat(lines.subList(lastIndex(lines, "FROM "), lines.size()))
                .filteredOn(line -> line.startsWith("USER "))
                .singleElement()
                .asString()
                .matches("USER [1-9]\\d+:[1-9]\\d+");
        assertThat(lastIndex(lines, "USER ")).isLessThan(lastIndex(lines, "ENTRYPOINT "));
        assertThat(lines).anyMatch(line -> line.startsWith("HEALTHCHECK --interval="));
        assertThat(lines)
                .noneMatch(line -> line.startsWith("ADD ") || line.contains("curl ") || line.contains("sudo "));
    }

    @Test
    void hadolintFindsNothing() throws Exception {
        assumeInstalled("hadolint", "the Dockerfile");
        assertThat(run("hadolint", DOCKERFILE.toString())).isEmpty();
    }

    @Test
    void theImageCopiesNoBuildResultsAndNoRuns() {
        assertThat(Repository.read(Repository.ROOT.resolve(".dockerignore")).lines())
                .contains(".git", "**/target", "runs");
    }

    @Test
    void theSettingsForKubernetesAreSettings() throws IOException {
        String configuration = Repository.read(DEPLOY.resolve("kubernetes/configuration.yaml"));
        String settings = configuration
                .substring(configuration.indexOf("run.conf: |\n") + "run.conf: |\n".length())
                .lines()
                .map(String::strip)
                .collect(joining("\n"));
        Path file = Files.writeString(folder.resolve("run.conf"), settings);

        assertThat(new SettingsLoader().load(file, List.of()).getString("freshet.log.format"))
                .isEqualTo("json");
    }

    private static long minutes(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return Long.parseLong(found.group(1));
    }

    private static int lastIndex(List<String> lines, String beginning) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).startsWith(beginning)) {
                return i;
            }
        }
        throw new AssertionError("no line begins with " + beginning);
    }

    /** Else the test counts as skipped, and says so. */
    private static void assumeInstalled(String program, String file) {
        boolean installed = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
        Skipped.unless(installed, program + " is not on the PATH, and " + file + " is only checked by its lines");
    }

    /** What a program says, on either stream. */
    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as(String.join(" ", command))
                .isTrue();
        return process.exitValue() == 0
                ? said.strip()
                : String.format(Locale.ROOT, "exit code %d: %s", process.exitValue(), said);
    }
}
