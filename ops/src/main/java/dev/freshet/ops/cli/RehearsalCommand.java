package dev.freshet.ops.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Samples what a policy can do, to hold it to that later. */
@Command(
        name = "rehearsal",
        description =
                "Samples a checkpoint's policy on its training prompts: what it has mastered, to be rehearsed, and what is"
                        + " left to explore (freshet.rehearsal).")
public final class RehearsalCommand implements Callable<Integer> {
    private final RehearsalLauncher launcher;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--checkpoint",
            required = true,
            paramLabel = "DIR",
            description = "The checkpoint's directory; runs that use the set begin from it (freshet.warm-up.from).")
    private Path checkpoint;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "The directory to write, which must not exist; runs name it in freshet.rehearsal.from.")
    private Path directory;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "One setting over those of the checkpoint's run, as in freshet.rehearsal.sampling.prompts=1000. May be"
                            + " given many times.")
    private List<String> overrides = new ArrayList<>();

    public RehearsalCommand(RehearsalLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws Exception {
        return launcher.prepare(
                new RehearsalLauncher.Request(checkpoint, directory, overrides),
                spec.commandLine().getOut());
    }
}
