package dev.freshet.ops.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line; by itself it only says what there is. */
@Command(
        name = "freshet",
        description = "Trains language models by online RL as one reactive stream, regularised by any f-divergence.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = VersionCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or cleanly drained",
            "1:failed while running",
            "2:wrong usage or settings; nothing was started or written over",
            "3:out of memory other than Java's heap",
            "138:out of Java's heap (raise FRESHET_HEAP)"
        })
public final class FreshetCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private FreshetCommand() {}

    /** @param subcommands objects annotated with {@link Command}, in the order of the help text */
    public static CommandLine with(List<Object> subcommands) {
        CommandLine root = new CommandLine(new FreshetCommand());
        subcommands.forEach(root::addSubcommand);
        FailureLine failures = new FailureLine();
        return root.setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                // A prompt may begin with an @, and is no file of arguments.
                .setExpandAtFiles(false);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
