package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a process prints, and with which code it exits, when its start cannot go well, and what it does with the run of one that
 * was killed. {@link StartRefusalsTest} has the other refusals.
 */
@EnabledOnOs(OS.LINUX)
class StartUpIT {
    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void refusesAnUnknownSettingInOneLine() throws Exception {
        assertRefused(
                "--set freshet.train.stepz=1: there is no setting freshet.train.stepz; did you mean freshet.train.steps?",
                SmallRun.train(folder.resolve("refused"), "freshet.train.stepz=1"));
    }

    @Test
    @Timeout(120)
    void refusesADirectoryThatAnotherProcessHolds() throws Exception {
        Path run = folder.resolve("held");
        try (RunDirectory held = RunDirectory.create(run)) {
            assertRefused(
                    held.files().root() + " is in use by process "
                            + ProcessHandle.current().pid()
                            + ": stop that process first, or name another folder with --run-dir",
                    SmallRun.train(run));
        }
    }

    /** A limit on the size of files stands for a disk that is full: the system takes half of what is written. */
    @Test
    @Timeout(120)
    void refusesADiskThatDoesNotTakeWhatIsWritten() throws Exception {
        Path printed = folder.resolve("printed.txt");
        Path run = folder.resolve("run");
        assertThat(FreshetProcess.runLimited("-f 512", printed, SmallRun.train(run)))
                .isEqualTo(2);
        assertThat(FreshetProcess.lines(printed))
                .singleElement()
                .asString()
                .contains("cannot write run directory " + run, "File too large");
        assertThat(run.resolve("disk.probe")).doesNotExist();
    }

    @Test
    @Timeout(300)
    void beginsWhatIsNotThereAndGoesOnWithWhatWasKilledAndTellsWhatWasCutOff() throws Exception {
        Path run = folder.resolve("run");
        String[] command = resumeOrBegin(run);
        try (FreshetProcess first = FreshetProcess.start(folder.resolve("first.txt"), command)) {
            first.await("the second checkpoint", () -> SmallRun.hasCheckpoint(run, 2));
            first.kill();
        }
        Path rollouts = run.resolve("rollouts/rollouts-00001.jsonl");
        for (Path file : List.of(
                run.resolve("events.jsonl"), run.resolve("metrics.csv"), run.resolve("freshet.log"), rollouts)) {
            Files.writeString(file, "torn", StandardOpenOption.APPEND);
        }

        Path printed = folder.resolve("second.txt");
        assertThat(InProcessFreshet.run(printed, command))
                .as(Files.readString(printed))
                .isZero();
        assertThat(SmallRun.hasCheckpoint(run, 12)).isTrue();
        assertThat(SmallRun.events(run, "GroupsTakenBack")).isEqualTo(1);
        assertThat(Files.readAllLines(run.resolve("events.jsonl")))
                .filteredOn(line -> line.contains("\"type\":\"TailCut\""))
                .extracting(line -> line.replaceAll(".*\"file\":\"([^\"]*)\".*", "$1"))
                .containsExactlyInAnyOrder(
                        "events.jsonl", "metrics.csv", "freshet.log", "rollouts/rollouts-00001.jsonl");
        String log = Files.readString(run.resolve("freshet.log"));
        assertThat(log)
                .contains(" WARN  run ")
                .contains("TailCut[")
                .contains(" INFO  run v12 ")
                .contains("RunFinished[");

        // Once more, as a service manager would after a reboot: there is nothing left to do.
        long trained = SmallRun.events(run, "StepTrained");
        assertThat(InProcessFreshet.run(printed, command))
                .as(Files.readString(printed))
                .isZero();
        assertThat(SmallRun.events(run, "StepTrained")).isEqualTo(trained);
    }

    private static String[] resumeOrBegin(Path run) {
        List<String> command = new ArrayList<>(
                Arrays.asList(SmallRun.train(run, "freshet.train.steps=12", "freshet.checkpoint.interval=2")));
        command.add("--resume-or-begin");
        return command.toArray(String[]::new);
    }

    private void assertRefused(String message, String[] command) throws Exception {
        Path printed = folder.resolve("printed.txt");
        assertThat(FreshetProcess.run(printed, command))
                .as(Files.readString(printed))
                .isEqualTo(2);
        assertThat(FreshetProcess.lines(printed))
                .singleElement()
                .asString()
                .startsWith("freshet: ")
                .contains(message);
        assertThat(folder.resolve("refused")).doesNotExist();
    }
}
