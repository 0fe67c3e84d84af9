package dev.freshet.ops.cli;

import dev.freshet.ops.control.SteeringClient;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Changes the objective of a run that is going on, or the settings of the one in force. */
@Command(name = "switch-objective", description = "Changes the objective between two steps.")
final class CtlSwitchObjective implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Parameters(paramLabel = "NAME", description = "As in dapo; see list-objectives.")
    private String name;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the objective, as in freshet.rlvr.clip-low=0.1; others keep what is in force.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Override
    public Integer call() {
        ObjectiveSwitched done =
                ctl.call(client -> new SteeringClient(client).switchObjective(name, settings, dryRun.mode()));
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%sobjective %s from %s on, was %s%n",
                dryRun.prefix(), done.toName(), done.firstVersion(), done.fromName());
        done.changes()
                .forEach(change -> out.printf(
                        "%s%s = %s, was %s%n", dryRun.prefix(), change.key(), change.toValue(), change.fromValue()));
        return ExitCode.DONE;
    }
}
