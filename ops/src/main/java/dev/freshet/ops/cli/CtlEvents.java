package dev.freshet.ops.cli;

import dev.freshet.ops.control.ControlClient.WatchMode;
import dev.freshet.ops.run.JournalLine;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Prints a run's events as they happen, and those before. */
@Command(name = "events", description = "Prints the run's journal, one JSON object a line, until the run ends.")
final class CtlEvents implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Option(
            names = "--from",
            defaultValue = "0",
            paramLabel = "N",
            description = "Sequence number of the first event wanted. Default: only what happens from now on; with"
                    + " --no-follow, all that is kept.")
    private long from;

    @Option(
            names = "--follow",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Go on with each event as it happens, or, with --no-follow, end after what is in the journal now.")
    private boolean follow;

    @Override
    public Integer call() {
        if (from < 0) {
            throw new IllegalArgumentException("the first event wanted must be at least 0, was " + from + " (--from)");
        }
        WatchMode mode = follow ? WatchMode.FOLLOW : WatchMode.RECORDED_ONLY;
        return ctl.connection().call(client -> {
            client.events(from, mode, this::print);
            return ExitCode.DONE;
        });
    }

    /** Whether anybody still reads what is printed. */
    private boolean print(JournalLine line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line.json());
        return !out.checkError();
    }
}
