package dev.freshet.ops.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Asks the standard health service, for probes: exit code 0 is healthy. */
@Command(name = "health", description = "Prints whether the run, or a part of it, serves; exit code 1 if not.")
final class CtlHealth implements Callable<Integer> {
    private static final String WHOLE = "run";
    private static final Map<String, String> SERVICES =
            Map.of(WHOLE, "", "learner", "learner", "generators", "generators", "verifiers", "verifiers");

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private CtlCommand ctl;

    @Parameters(
            arity = "0..1",
            defaultValue = WHOLE,
            paramLabel = "PART",
            description = "run, learner, generators or verifiers. Default: ${DEFAULT-VALUE}.")
    private String part;

    @Override
    public Integer call() {
        String service = SERVICES.get(part);
        if (service == null) {
            throw new IllegalArgumentException(
                    "there is no part " + part + "; there are run, learner, generators and verifiers");
        }
        boolean serves = ctl.connection().call(client -> client.serves(service));
        spec.commandLine().getOut().println(part + (serves ? " serves" : " does not serve"));
        return serves ? ExitCode.DONE : ExitCode.FAILED;
    }
}
