package dev.freshet.ops.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Repeats, small, what a paper saw. */
@Command(
        name = "experiment",
        description =
                "Runs a small reproduction of a paper: table, pictures, result.json. Exit code 1: a check does not hold.")
public final class ExperimentCommand implements Callable<Integer> {
    private final ExperimentLauncher launcher;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description = "The experiment's name; a name that does not exist lists those that do.")
    private String name;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "A folder for results and runs, which must not exist. Default: experiments/NAME.")
    private @Nullable Path directory;

    @Option(names = "--sweep", description = "More seeds and arms, for more time.")
    private boolean sweep;

    public ExperimentCommand(ExperimentLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws Exception {
        KnownNames.require(spec, "experiment", name, launcher.names());
        Path out = Optional.ofNullable(directory).orElse(Path.of("experiments", name));
        return launcher.run(
                new ExperimentLauncher.Request(name, out, sweep),
                spec.commandLine().getOut());
    }
}
