package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.cli.ExitCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run without enough memory ends, and says why. */
class OutOfMemoryIT {
    @TempDir
    Path directory;

    @Test
    @Timeout(200)
    void aTinyHeapEndsTheProcessAsTheLauncherAsks() throws Exception {
        String printed = failing(List.of("-Xmx20m", "-XX:+ExitOnOutOfMemoryError"));

        assertThat(printed).contains("java.lang.OutOfMemoryError");
    }

    /** The control server has taken 1 MiB before any thread of the run wants some. */
    @Test
    @Timeout(200)
    void directBuffersThatCannotBeHadEndTheProcessThoughTheJvmGoesOn() throws Exception {
        String printed = failing(List.of("-XX:MaxDirectMemorySize=1200k"));

        assertThat(printed)
                .containsPattern(
                        "freshet: out of memory in thread [a-z-]+[0-9]*: Cannot reserve \\d+ bytes of direct buffer")
                .contains("raise FRESHET_HEAP");
    }

    private String failing(List<String> javaOptions) throws Exception {
        Path run = directory.resolve("run");
        try (FreshetProcess training = FreshetProcess.start(
                directory.resolve("train.txt"), javaOptions, SmallRun.train(run, SmallRun.OF_THE_QUICKSTARTS_MODEL))) {
            assertThat(training.exitCode()).as(training.printed()).isEqualTo(ExitCode.OUT_OF_MEMORY);
            return training.printed();
        }
    }
}
