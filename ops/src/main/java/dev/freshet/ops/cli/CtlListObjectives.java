package dev.freshet.ops.cli;

import dev.freshet.actors.ObjectiveOffer;
import dev.freshet.ops.control.SteeringClient;
import dev.freshet.ops.control.SteeringClient.ObjectiveList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the objectives that there are. */
@Command(
        name = "list-objectives",
        description =
                "Prints the objectives there are, the one in force with a star, and why one cannot be switched to.")
final class CtlListObjectives implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Override
    public Integer call() {
        ObjectiveList list = ctl.call(client -> new SteeringClient(client).objectives());
        for (ObjectiveOffer objective : list.objectives()) {
            spec.commandLine()
                    .getOut()
                    .println((objective.name().equals(list.active()) ? "* " : "  ")
                            + objective.name()
                            + objective
                                    .unavailable()
                                    .map(why -> "  (unavailable: " + why + ")")
                                    .orElse(""));
        }
        return ExitCode.DONE;
    }
}
