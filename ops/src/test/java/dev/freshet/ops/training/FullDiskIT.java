package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointRetention;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Skipped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose file system refuses its checkpoints for a while. The refusal is a limit on the size of a file, which the journal
 * stays below and weights do not: Linux sets and lifts it while the process runs.
 */
class FullDiskIT {
    private static final String NO_FILE_ABOVE = "500000";

    @TempDir
    Path directory;

    @Test
    @Timeout(200)
    void theRunGoesOnNothingOldIsDeletedAndTheNextDueCheckpointIsTriedAgain() throws Exception {
        Skipped.unless(
                canLimit(),
                "no full disk was tried: the program prlimit (util-linux) is not there, or may not set limits");
        Path run = directory.resolve("run");
        try (FreshetProcess training =
                FreshetProcess.start(directory.resolve("train.txt"), SmallRun.train(run, settings()))) {
            training.await("the first due checkpoint", () -> SmallRun.events(run, "CheckpointWritten") >= 2);
            limit(training, NO_FILE_ABOVE);
            long failed = SmallRun.events(run, "CheckpointFailed");
            training.await("two failures", () -> SmallRun.events(run, "CheckpointFailed") >= failed + 2);
            long written = SmallRun.events(run, "CheckpointWritten");

            assertThat(training.printed()).contains("no checkpoint of v").contains("File too large");
            assertThat(SmallRun.hasCheckpoint(run, 0)).isTrue();
            PolicyVersion newest = newestGood(run);
            assertThat(newest.number()).isPositive().isEqualTo(4 * (written - 1));

            limit(training, "unlimited");
            training.await("a checkpoint again", () -> SmallRun.events(run, "CheckpointWritten") > written);
            assertThat(newestGood(run)).isGreaterThan(newest);
            training.terminate();
            assertThat(training.exitCode()).as(training.printed()).isZero();
        }
    }

    private static String[] settings() {
        Stream<String> frequent = Stream.of(
                "freshet.train.steps=100000",
                "freshet.checkpoint.interval=4",
                "freshet.checkpoint.keep-last=1",
                "freshet.checkpoint.keep-best=0");
        return Stream.concat(Stream.of(SmallRun.OF_THE_QUICKSTARTS_MODEL), frequent)
                .toArray(String[]::new);
    }

    private static PolicyVersion newestGood(Path run) {
        return new CheckpointStore(run.resolve("checkpoints"), new CheckpointRetention(1, 0))
                .newestGood()
                .checkpoint()
                .map(Checkpoint::state)
                .orElseThrow()
                .version();
    }

    private static boolean canLimit() {
        try {
            return prlimit(ProcessHandle.current().pid(), "unlimited") == 0;
        } catch (IOException | InterruptedException notThere) {
            return false;
        }
    }

    private static void limit(FreshetProcess process, String bytes) throws Exception {
        assertThat(prlimit(process.pid(), bytes)).isZero();
    }

    /** The soft limit, which a process may lower and raise again. */
    private static int prlimit(long pid, String bytes) throws IOException, InterruptedException {
        Process program = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--fsize=" + bytes + ":unlimited")
                .inheritIO()
                .start();
        return program.waitFor(10, TimeUnit.SECONDS) ? program.exitValue() : -1;
    }
}
