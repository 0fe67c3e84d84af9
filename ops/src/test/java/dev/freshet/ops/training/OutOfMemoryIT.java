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
        String asTheLauncherAsks = "-XX:OnOutOfMemoryError=kill -USR1 %p";
        assertThat(Path.of("..", "freshet")).content().contains('"' + asTheLauncherAsks + '"');

        String printed =
                ending(ExitCode.OUT_OF_HEAP, List.of("-Xmx20m", asTheLauncherAsks), SmallRun.OF_THE_QUICKSTARTS_MODEL);

        assertThat(printed).contains("java.lang.OutOfMemoryError");
    }

    /** Tokens of twenty thousand demonstrations take 1.5 MB. */
    @Test
    @Timeout(200)
    void directBuffersThatCannotBeHadEndTheProcessThoughTheJvmGoesOn() throws Exception {
        String printed = ending(
                ExitCode.OUT_OF_MEMORY,
                List.of("-XX:MaxDirectMemorySize=1200k"),
                "freshet.warm-up.batch=20000",
                "freshet.train.micro-batch-tokens=100000000");

        assertThat(printed)
                .containsPattern(
                        "freshet: out of memory in thread [a-z-]+[0-9]*: Cannot reserve \\d+ bytes of direct buffer")
                .contains("raise FRESHET_HEAP");
    }

    /** Activations of two hundred thousand demonstrations, in a process that may have 6 GiB of addresses. */
    @Test
    @Timeout(200)
    void nativeMemoryThatCannotBeHadEndsTheProcess() throws Exception {
        Path output = directory.resolve("train.txt");

        int exitCode = FreshetProcess.runLimited(
                "-v " + 6 * 1024 * 1024,
                output,
                SmallRun.train(
                        directory.resolve("run"),
                        "freshet.warm-up.batch=200000",
                        "freshet.train.micro-batch-tokens=100000000"));

        assertThat(output)
                .content()
                .containsPattern("freshet: out of memory in thread [a-z-]+[0-9]*: .*DefaultCPUAllocator: ");
        assertThat(exitCode).isEqualTo(ExitCode.OUT_OF_MEMORY);
    }

    private String ending(int exitCode, List<String> javaOptions, String... settings) throws Exception {
        Path run = directory.resolve("run");
        try (FreshetProcess training =
                FreshetProcess.start(directory.resolve("train.txt"), javaOptions, SmallRun.train(run, settings))) {
            assertThat(training.exitCode()).as(training.printed()).isEqualTo(exitCode);
            return training.printed();
        }
    }
}
