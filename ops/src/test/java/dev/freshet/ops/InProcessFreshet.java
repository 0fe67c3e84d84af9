package dev.freshet.ops;

import dev.freshet.ops.cli.TerminationSignals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** A command of Freshet in the test's own process, for what needs none of its own: starting one takes seconds. */
public final class InProcessFreshet {
    private InProcessFreshet() {}

    /** How a command ended, with the lines that it printed. */
    public record Ended(int exitCode, List<String> out, List<String> err) {
        private static Ended of(int exitCode, StringWriter out, StringWriter err) {
            return new Ended(
                    exitCode,
                    out.toString().lines().toList(),
                    err.toString().lines().toList());
        }
    }

    public static Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return Ended.of(exitCode, out, err);
    }

    /**
     * Runs a command to its end.
     *
     * @param output file that takes what it prints
     * @return its exit code
     */
    public static int run(Path output, String... arguments) throws IOException {
        try (PrintWriter printed = new PrintWriter(Files.newBufferedWriter(output), true)) {
            return execute(printed, printed, arguments);
        }
    }

    private static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commands = Main.commands(TerminationSignals.unhandled(), out);
        commands.setOut(out);
        commands.setErr(err);
        return commands.execute(arguments);
    }
}
