package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutOfMemoryExitTest {
    @Test
    void aThreadWithoutMemoryEndsTheProcessThoughAnotherWaitsForIt() throws Exception {
        Process process = start("memory");
        try (BufferedReader errors = process.errorReader()) {
            // Newer JDKs warn of native calls before.
            assertThat(errors.lines().filter(line -> line.startsWith("freshet")))
                    .containsExactly("freshet: out of memory in thread worker: unable to create native thread; make the"
                            + " model or the batch smaller, or raise FRESHET_HEAP");
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.OUT_OF_MEMORY);
    }

    @Test
    void anotherFailureIsPrintedAsTheJvmDoesAndEndsItsThreadAlone() throws Exception {
        Process process = start("other");
        try (BufferedReader errors = process.errorReader()) {
            assertThat(errors.readLine())
                    .isEqualTo("Exception in thread \"worker\" java.lang.IllegalStateException: another");
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static Process start(String how) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName(),
                        how)
                .start();
    }

    /** A program that waits for a thread which fails. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) throws Exception {
            OutOfMemoryExit.install();
            CountDownLatch never = new CountDownLatch(1);
            Thread worker = new Thread(
                    () -> {
                        if (arguments[0].equals("memory")) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        throw new IllegalStateException("another");
                    },
                    "worker");
            worker.start();
            if (arguments[0].equals("memory")) {
                never.await();
            }
        }
    }
}
