package dev.freshet.ops.bench;

import dev.freshet.ops.cli.ResumeMode;
import dev.freshet.ops.control.Endpoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code ./freshet train} as its users run it: a process of its own, on ports that nobody else has. Every wait has a deadline,
 * and what fails names the process's last line. Closing kills it.
 */
public final class TrainProcess implements AutoCloseable {
    /** By name, because it leans on the benchmarks. */
    private static final String MAIN = "dev.freshet.ops.Main";

    /** What the launcher tells the JVM of a run, and of no other command. */
    private static final String OF_A_RUN = "freshet.launcher.train";

    private static final List<String> ANY_PORTS = List.of("freshet.control.port=0", "freshet.metrics.port=0");
    private static final Pattern CONTROL = Pattern.compile("control on /?([^\\s,]+)");
    private static final Pattern METRICS = Pattern.compile("metrics on (https?://[^\\s,]+)");
    private static final long LOOK_AGAIN_NANOS = 500_000;

    /**
     * What to start.
     *
     * @param settings each {@code key=value}; with {@link ResumeMode#RESUME} over those that the run was started with
     * @param javaOptions of the JVM
     * @param output file that takes what the process prints, written over
     */
    public record Launch(
            Path runDirectory, ResumeMode mode, List<String> settings, List<String> javaOptions, Path output) {
        public Launch {
            settings = List.copyOf(settings);
            javaOptions = List.copyOf(javaOptions);
        }

        /** With the Java options of this process. */
        public static Launch fresh(Path runDirectory, Path output, String... settings) {
            return new Launch(runDirectory, ResumeMode.FRESH, List.of(settings), ownJavaOptions(), output);
        }

        /** With the Java options of this process. */
        public static Launch resuming(Path runDirectory, Path output, String... settings) {
            return new Launch(runDirectory, ResumeMode.RESUME, List.of(settings), ownJavaOptions(), output);
        }

        private List<String> command() {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            Stream.of(System.getProperty(OF_A_RUN, "").split(" ", -1))
                    .filter(option -> !option.isEmpty())
                    .forEach(command::add);
            command.addAll(javaOptions);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "train"));
            command.addAll(List.of("--run-dir", runDirectory.toString()));
            if (mode == ResumeMode.RESUME) {
                command.add("--resume");
            }
            Stream.concat(ANY_PORTS.stream(), settings.stream())
                    .forEach(setting -> command.addAll(List.of("--set", setting)));
            return command;
        }
    }

    private final Process process;
    private final Launch launch;
    private final long started = System.nanoTime();

    private TrainProcess(Process process, Launch launch) {
        this.process = process;
        this.launch = launch;
    }

    public static TrainProcess start(Launch launch) throws IOException {
        Process process = new ProcessBuilder(launch.command())
                .redirectErrorStream(true)
                .redirectOutput(launch.output().toFile())
                .start();
        return new TrainProcess(process, launch);
    }

    /** What the launcher, or whoever started this process, told the JVM. */
    public static List<String> ownJavaOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Since the start. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /**
     * Waits until the condition holds, looking at it 2,000 times a second.
     *
     * @param what is waited for, in words
     * @return false if the process ended before it held
     * @throws IOException if neither happens before the deadline
     */
    public boolean await(String what, BooleanSupplier condition, Duration deadline) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                return false;
            }
            if (System.nanoTime() > end) {
                throw new IOException(launch.runDirectory() + " took more than " + deadline + " to come to " + what
                        + "; it said last: " + lastLine());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return true;
    }

    /** Where the control service listens, when it does. */
    public Endpoint control(Duration deadline) throws IOException {
        return Endpoint.parse(printed(CONTROL, "listening for commands", deadline));
    }

    /** Where the metrics are, when they are. */
    public URI metrics(Duration deadline) throws IOException {
        return URI.create(printed(METRICS, "serving its metrics", deadline));
    }

    /** SIGKILL; returns when the process is dead. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM; does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for the end. */
    public int exitCode(Duration deadline) throws IOException, InterruptedException {
        if (!process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException(
                    launch.runDirectory() + " did not end within " + deadline + "; it said last: " + lastLine());
        }
        return process.exitValue();
    }

    /** Waits for the end, which has to be a good one. */
    public void requireDone(Duration deadline) throws IOException, InterruptedException {
        int code = exitCode(deadline);
        if (code != 0) {
            throw new IOException(launch.runDirectory() + " ended with exit code " + code + ": " + lastLine());
        }
    }

    /** All that the process has printed so far. */
    public String printed() throws IOException {
        return Files.readString(launch.output());
    }

    /** The last line that the process has printed so far. */
    public String lastLine() throws IOException {
        String printed = printed().stripTrailing();
        return printed.isEmpty() ? "nothing" : printed.substring(printed.lastIndexOf('\n') + 1);
    }

    @Override
    public void close() {
        kill();
    }

    private String printed(Pattern pattern, String what, Duration deadline) throws IOException {
        if (!await(what, () -> find(pattern).isPresent(), deadline)) {
            throw new IOException(launch.runDirectory() + " ended before " + what + ": " + lastLine());
        }
        return find(pattern).orElseThrow();
    }

    private Optional<String> find(Pattern pattern) {
        try {
            Matcher matcher = pattern.matcher(printed());
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }
}
