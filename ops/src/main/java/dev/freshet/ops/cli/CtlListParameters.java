package dev.freshet.ops.cli;

import dev.freshet.ops.control.SteeringClient;
import dev.freshet.ops.control.SteeringClient.ListedParameter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the settings that may change while a run goes on. */
@Command(
        name = "list-parameters",
        description = "Prints the settings that set takes, with their values in force and what they may be.")
final class CtlListParameters implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Override
    public Integer call() {
        List<ListedParameter> parameters = ctl.call(client -> new SteeringClient(client).parameters());
        int width = parameters.stream()
                .mapToInt(parameter -> assignment(parameter).length())
                .max()
                .orElse(1);
        for (ListedParameter parameter : parameters) {
            spec.commandLine()
                    .getOut()
                    .printf(Locale.ROOT, "%-" + width + "s  %s%n", assignment(parameter), parameter.rule());
        }
        return ExitCode.DONE;
    }

    private static String assignment(ListedParameter parameter) {
        return parameter.key() + " = " + parameter.value();
    }
}
