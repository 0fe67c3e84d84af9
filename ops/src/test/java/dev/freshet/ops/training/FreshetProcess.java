package dev.freshet.ops.training;

import dev.freshet.ops.Main;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Freshet as its users run it: a process of its own, with the class path of the tests. */
final class FreshetProcess implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 100;
    private static final Pattern CONTROL = Pattern.compile("control on /(127\\.0\\.0\\.1:\\d+)");

    private final Process process;
    private final Path output;

    private FreshetProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** @param output file that takes what the process prints */
    static FreshetProcess start(Path output, String... arguments) throws IOException {
        return start(output, List.of(), arguments);
    }

    /** @param javaOptions over the usual ones */
    static FreshetProcess start(Path output, List<String> javaOptions, String... arguments) throws IOException {
        return start(output, command(javaOptions, arguments));
    }

    private static FreshetProcess start(Path output, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new FreshetProcess(process, output);
    }

    private static List<String> command(List<String> javaOptions, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                // A process that lives for seconds gains nothing from the second compiler.
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.pytorch.num_threads=1",
                "-Doffline=true"));
        command.addAll(nativeAccess());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** As the launcher tells newer JDKs, which else print warnings. */
    private static List<String> nativeAccess() {
        int feature = Runtime.version().feature();
        List<String> options = new ArrayList<>();
        if (feature >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        if (feature >= 24) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }

    /** Runs a command to its end and answers its exit code. */
    static int run(Path output, String... arguments) throws Exception {
        try (FreshetProcess freshet = start(output, arguments)) {
            return freshet.exitCode();
        }
    }

    /**
     * As {@link #run}, where the system refuses what is beyond a limit.
     *
     * @param limit as the shell takes it, in KiB, such as {@code -f 64}: no file may grow beyond
     */
    static int runLimited(String limit, Path output, String... arguments) throws Exception {
        List<String> limited = new ArrayList<>(List.of("bash", "-c", "ulimit " + limit + " && exec \"$@\"", "bash"));
        limited.addAll(command(List.of(), arguments));
        try (FreshetProcess freshet = start(output, limited)) {
            return freshet.exitCode();
        }
    }

    int exitCode() throws Exception {
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(
                    "freshet did not end within " + DEADLINE_SECONDS + " s; it printed:\n" + printed());
        }
        return process.exitValue();
    }

    /** A client of the control service of a run whose address has been printed. */
    ControlClient control() throws IOException {
        Matcher address = CONTROL.matcher(printed());
        if (!address.find()) {
            throw new AssertionError("no address of the control service in:\n" + printed());
        }
        return new ControlClient(Endpoint.parse(address.group(1)));
    }

    long pid() {
        return process.pid();
    }

    String printed() throws IOException {
        return Files.readString(output);
    }

    /** What a process printed, without libtorch's warning of a call in its own Java binding. */
    static List<String> lines(Path output) throws IOException {
        return Files.readAllLines(output).stream()
                .filter(line -> !line.startsWith("[W"))
                .toList();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Waits for something that the process does; fails when the process ends before, or takes too long. */
    void await(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                throw new AssertionError(
                        "freshet ended or took too long before " + what + "; it printed:\n" + printed());
            }
        }
    }

    @Override
    public void close() {
        kill();
    }
}
