package dev.freshet.ops.cli;

import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.Endpoint;
import java.util.function.Function;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Where the commands of {@code freshet ctl} find the run's control service. */
final class ControlConnection {
    @Option(
            names = "--endpoint",
            scope = ScopeType.INHERIT,
            defaultValue = "127.0.0.1:7070",
            paramLabel = "HOST:PORT",
            description = "The run's control service. Default: ${DEFAULT-VALUE}.")
    private String endpoint;

    <R> R call(Function<ControlClient, R> command) {
        try (ControlClient client = new ControlClient(Endpoint.parse(endpoint))) {
            return command.apply(client);
        }
    }
}
