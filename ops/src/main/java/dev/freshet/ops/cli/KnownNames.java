package dev.freshet.ops.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Names of which there is a list, as arguments. */
final class KnownNames {
    private KnownNames() {}

    /** @throws ParameterException listing those that there are, unless the name is one of them */
    static void require(CommandSpec spec, String what, String name, List<String> known) {
        if (!known.contains(name)) {
            throw new ParameterException(
                    spec.commandLine(), "there is no " + what + " " + name + "; there are " + String.join(", ", known));
        }
    }
}
