package dev.freshet.ops.cli;

import dev.freshet.ops.control.SteeringClient;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Changes one setting of a run that is going on. */
@Command(name = "set", description = "Changes a mutable setting between two steps; see list-parameters.")
final class CtlSet implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Parameters(paramLabel = "KEY=VALUE", description = "As in freshet.train.learning-rate=1e-4.")
    private String setting;

    @Override
    public Integer call() {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "a setting must be key=value, as in freshet.train.learning-rate=1e-4, was " + setting);
        }
        String key = setting.substring(0, equals).strip();
        String value = setting.substring(equals + 1).strip();
        ParameterChanged done = ctl.call(client -> new SteeringClient(client).set(key, value, dryRun.mode()));
        spec.commandLine()
                .getOut()
                .printf(
                        "%s%s = %s from %s on, was %s%n",
                        dryRun.prefix(), done.key(), done.toValue(), done.firstVersion(), done.fromValue());
        return ExitCode.DONE;
    }
}
