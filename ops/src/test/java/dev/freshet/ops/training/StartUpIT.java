package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.run.RunDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

/** A start that cannot go well is refused with one line and exit code 2, by a process of its own; nothing of a run is left. */
@EnabledOnOs(OS.LINUX)
class StartUpIT {
    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void refusesSettingsThatAreUnknownOrOfTheWrongKindOrOutOfRange() throws Exception {
        assertRefused(
                "--set freshet.train.stepz=1: there is no setting freshet.train.stepz; did you mean freshet.train.steps?",
                "freshet.train.stepz=1");
        assertRefused("freshet.train.steps must be a whole number, was many", "freshet.train.steps=many");
        assertRefused("files must be at least 1, was 0 (freshet.run.journal.files)", "freshet.run.journal.files=0");
        assertRefused(
                "the format of a log must be plain or json, was \"xml\" (freshet.log.format)",
                "freshet.log.format=xml");
        assertRefused(
                "max-completions must be at least 1, was 0 (freshet.sample.max-completions)",
                "freshet.sample.max-completions=0");
        assertRefused(
                "samples must be at least 1, was 0 (freshet.evaluation.samples)",
                "freshet.evaluation.samples=0",
                "freshet.evaluation.k=[]");
        assertRefused(
                "steps must be at most 2147483647, was 3000000000 (freshet.train.steps)",
                "freshet.train.steps=3000000000");
        assertRefused("(freshet.service.progress-deadline)", "freshet.service.progress-deadline=1 s");
    }

    @Test
    @Timeout(120)
    void refusesPortsThatAreInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String server : List.of("control", "metrics")) {
                assertRefused(
                        "cannot listen on 127.0.0.1:" + taken.getLocalPort()
                                + ": Address already in use; stop what listens there, or choose another port, 0 for any free one"
                                + " (freshet." + server + ".port)",
                        "freshet." + server + ".port=" + taken.getLocalPort());
            }
        }
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

    @Test
    @Timeout(120)
    void refusesADirectoryThatIsNotForIt() throws Exception {
        Path full = Files.createDirectories(folder.resolve("full"));
        Files.writeString(full.resolve("thesis.tex"), "");
        assertRefused(full + " is not empty (it holds thesis.tex)", SmallRun.train(full));

        Path file = Files.writeString(folder.resolve("file"), "");
        assertRefused("cannot write run directory " + file.resolve("run"), SmallRun.train(file.resolve("run")));
        // Also for the superuser, whom permissions do not stop.
        assertRefused("cannot write run directory /proc/freshet", SmallRun.train(Path.of("/proc/freshet")));
    }

    @Test
    @Timeout(120)
    void refusesADiskWithoutRoomOrThatDoesNotTakeWhatIsWritten() throws Exception {
        assertRefused(
                "MiB: make room, name a folder on another with --run-dir, or lower freshet.run.min-free-space",
                "freshet.run.min-free-space=1000 TiB");

        // A limit on the size of files stands for a disk that is full: the system takes half of what is written.
        Path printed = folder.resolve("printed.txt");
        Path run = folder.resolve("run");
        assertThat(FreshetProcess.runWithFileLimit(512, printed, SmallRun.train(run)))
                .isEqualTo(2);
        assertThat(FreshetProcess.lines(printed))
                .singleElement()
                .asString()
                .contains("cannot write run directory " + run, "File too large");
        assertThat(run.resolve("disk.probe")).doesNotExist();
    }

    @Test
    @Timeout(120)
    void refusesFilesThatDoNotExist() throws Exception {
        assertRefused(
                "no such file: /no/problems.jsonl (freshet.task.jsonl.file)",
                "freshet.task.name=jsonl",
                "freshet.task.jsonl.file=/no/problems.jsonl");
        assertRefused(
                "no such file: /no/held-out.jsonl (freshet.task.jsonl.held-out-file)",
                "freshet.task.name=jsonl",
                "freshet.task.jsonl.held-out-file=/no/held-out.jsonl");
        assertRefused(
                "no such file: /no/tokenizer.json",
                "freshet.task.name=jsonl",
                "freshet.task.jsonl.tokenizer=/no/tokenizer.json");
        assertRefused(
                "settings file /no/run.conf does not exist; name one that does (--config)",
                new String[] {"train", "--config", "/no/run.conf"});
    }

    @Test
    @Timeout(120)
    void refusesToResumeWhatIsNoRun() throws Exception {
        Path nothing = folder.resolve("nothing");
        assertRefused(
                "run directory " + nothing + " does not exist; name that of a run (--run-dir), or leave out --resume",
                new String[] {"train", "--resume", "--run-dir", nothing.toString()});
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertRefused(
                "run directory " + empty
                        + " holds no run to resume; name that of a run (--run-dir), or leave out --resume",
                new String[] {"train", "--resume", "--run-dir", empty.toString()});
        assertRefused("--resume needs --run-dir", new String[] {"train", "--resume"});
        assertRefused("--resume-or-begin needs --run-dir", new String[] {"train", "--resume-or-begin"});
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
        assertThat(FreshetProcess.run(printed, command))
                .as(Files.readString(printed))
                .isZero();
        assertThat(SmallRun.hasCheckpoint(run, 6)).isTrue();
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
                .contains(" INFO  run v6 ")
                .contains("RunFinished[");

        // Once more, as a service manager would after a reboot: there is nothing left to do.
        assertThat(FreshetProcess.run(printed, command))
                .as(Files.readString(printed))
                .isZero();
        assertThat(SmallRun.events(run, "StepTrained")).isEqualTo(stepsTrained(run));
    }

    private static long stepsTrained(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.csv")).size() - 1L;
    }

    private static String[] resumeOrBegin(Path run) {
        List<String> command = new ArrayList<>(
                Arrays.asList(SmallRun.train(run, "freshet.train.steps=6", "freshet.checkpoint.interval=2")));
        command.add("--resume-or-begin");
        return command.toArray(String[]::new);
    }

    private void assertRefused(String message, String... settings) throws Exception {
        boolean isCommand = settings.length > 0 && settings[0].equals("train");
        Path run = folder.resolve("refused");
        Path printed = folder.resolve("printed.txt");
        String[] command = isCommand ? settings : SmallRun.train(run, settings);
        assertThat(FreshetProcess.run(printed, command))
                .as(Files.readString(printed))
                .isEqualTo(2);
        assertThat(FreshetProcess.lines(printed))
                .singleElement()
                .asString()
                .startsWith("freshet: ")
                .contains(message);
        assertThat(run.resolve("config.conf")).doesNotExist();
    }
}
