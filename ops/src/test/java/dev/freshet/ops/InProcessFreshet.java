package dev.freshet.ops;

import dev.freshet.ops.cli.TerminationSignals;
import java.io.PrintWriter;
import java.io.StringWriter;
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
        CommandLine commands = Main.commands(TerminationSignals.unhandled());
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        return Ended.of(commands.execute(arguments), out, err);
    }
}
