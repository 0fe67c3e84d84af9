package dev.freshet.ops;

import dev.freshet.ops.cli.CtlCommand;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.FreshetCommand;
import dev.freshet.ops.cli.TerminationSignals;
import dev.freshet.ops.cli.VersionCommand;
import java.util.List;
import picocli.CommandLine;

/** Where the program starts: the commands, each wired by its constructor. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        TerminationSignals signals = TerminationSignals.install();
        CommandLine commands = FreshetCommand.with(List.of(new CtlCommand(), new VersionCommand()));
        signals.exit(exitCode(commands, arguments));
    }

    /** Memory that Java code itself refuses, as for direct buffers, is not what ends the JVM by itself. */
    private static int exitCode(CommandLine commands, String[] arguments) {
        try {
            return commands.execute(arguments);
        } catch (OutOfMemoryError exhausted) {
            commands.getErr().println("freshet: out of memory: " + exhausted.getMessage() + "; raise FRESHET_HEAP");
            return ExitCode.OUT_OF_MEMORY;
        }
    }
}
