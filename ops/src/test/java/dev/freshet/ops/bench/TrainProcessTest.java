package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.bench.TrainProcess.Launch;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainProcessTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void listensOnPortsOfItsOwnAndDiesAtOnce() throws Exception {
        try (TrainProcess process = TrainProcess.start(Launch.fresh(run(), output()))) {
            assertThat(process.control(DEADLINE).port()).isPositive();
            URI metrics = process.metrics(DEADLINE);
            assertThat(metrics.getPort()).isPositive();
            assertThat(metrics.getPath()).isEqualTo("/metrics");
            assertThat(process.isAlive()).isTrue();

            process.kill();

            assertThat(process.isAlive()).isFalse();
            assertThat(process.exitCode(DEADLINE)).isEqualTo(128 + 9);
            assertThat(process.await("nothing", () -> false, DEADLINE)).isFalse();
        }
    }

    @Test
    void namesTheLastLineOfOneThatWasRefused() throws Exception {
        try (TrainProcess process = TrainProcess.start(Launch.resuming(directory, output()))) {
            assertThatThrownBy(() -> process.requireDone(DEADLINE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ended with exit code 2: freshet: ");
            assertThatThrownBy(() -> process.metrics(DEADLINE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ended before serving its metrics: freshet: ");
        }
    }

    private Path run() {
        return directory.resolve("run");
    }

    private Path output() {
        return directory.resolve("output");
    }
}
