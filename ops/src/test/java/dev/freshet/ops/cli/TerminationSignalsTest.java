package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.cli.TerminationSignals.Ending;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Sends real signals to real processes. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
class TerminationSignalsTest {
    private static final int TERMINATED = 128 + 15;

    @Test
    void aRunThatIsAskedToEndEndsInOrder() throws Exception {
        Process process = start("drains");
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("running");
            process.toHandle().destroy();
            assertThat(output.lines()).containsExactly("asked to end", "last words");
            assertThat(exitCode(process)).isEqualTo(ExitCode.DONE);
        }
    }

    @Test
    void aRunThatTakesTooLongIsToldToHurryAndEndsInOrder() throws Exception {
        Process process = start("drains slowly");
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("running");
            process.toHandle().destroy();
            assertThat(output.lines()).containsExactly("asked to end", "told to hurry", "last words");
            assertThat(exitCode(process)).isEqualTo(ExitCode.DONE);
        }
    }

    @Test
    void aRunThatDoesNotEndIsEnded() throws Exception {
        Process process = start("hangs");
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("running");
            process.toHandle().destroy();
            assertThat(output.lines()).containsExactly("asked to end", "told to hurry");
            assertThat(exitCode(process)).isEqualTo(ExitCode.FAILED);
        }
    }

    @Test
    void aSignalAfterTheRunsEndLetsTheProcessFinish() throws Exception {
        Process process = start("closes");
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("closing");
            process.toHandle().destroy();
            assertThat(output.lines()).containsExactly("closed");
            assertThat(exitCode(process)).isEqualTo(ExitCode.DONE);
        }
    }

    @Test
    void withoutARunASignalIsASignal() throws Exception {
        Process process = start("idles");
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("running");
            process.toHandle().destroy();
            assertThat(exitCode(process)).isEqualTo(TERMINATED);
        }
    }

    @Test
    void withoutASignalTheExitCodeIsItsOwn() throws Exception {
        assertThat(exitCode(start("ends"))).isEqualTo(ExitCode.OUT_OF_MEMORY);
    }

    private static Process start(String how) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sleeper.class.getName(),
                        how)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Runs in the process that gets the signal. */
    static final class Sleeper {
        private static final Duration LONG = Duration.ofSeconds(10);
        private static final Duration SHORT = Duration.ofMillis(50);

        private Sleeper() {}

        public static void main(String[] arguments) throws Exception {
            TerminationSignals signals = TerminationSignals.install();
            CountDownLatch asked = new CountDownLatch(1);
            switch (arguments[0]) {
                case "drains" ->
                    signals.exit(signals.during(
                            new Ending(() -> hear("asked to end", asked), LONG, () -> say("told to hurry"), LONG),
                            () -> work(asked)));
                case "drains slowly" ->
                    signals.exit(signals.during(
                            new Ending(() -> say("asked to end"), SHORT, () -> hear("told to hurry", asked), LONG),
                            () -> work(asked)));
                case "hangs" ->
                    signals.exit(signals.during(
                            new Ending(() -> say("asked to end"), SHORT, () -> say("told to hurry"), SHORT),
                            () -> work(asked)));
                case "closes" -> {
                    int code = signals.during(
                            new Ending(() -> say("asked to end"), LONG, () -> say("told to hurry"), LONG),
                            () -> ExitCode.DONE);
                    say("closing");
                    awaitTheSignal();
                    say("closed");
                    signals.exit(code);
                }
                case "idles" -> {
                    say("running");
                    asked.await();
                }
                default -> signals.exit(ExitCode.OUT_OF_MEMORY);
            }
        }

        private static int work(CountDownLatch asked) throws InterruptedException {
            say("running");
            asked.await();
            say("last words");
            return ExitCode.DONE;
        }

        /** Whose hook is the only thread of this name, and does not live before. */
        private static void awaitTheSignal() {
            while (Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("termination-signals"))) {
                LockSupport.parkNanos(1_000_000);
            }
        }

        private static void hear(String what, CountDownLatch asked) {
            say(what);
            asked.countDown();
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }
}
