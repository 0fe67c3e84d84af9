package dev.freshet.ops.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a checkpoint's policy says to a prompt. */
@Command(name = "generate", description = "Completes a prompt with a checkpoint's policy.")
public final class GenerateCommand implements Callable<Integer> {
    private final GenerationLauncher launcher;

    @Spec
    private CommandSpec spec;

    @Option(names = "--checkpoint", required = true, paramLabel = "DIR", description = "The checkpoint's directory.")
    private Path checkpoint;

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "The text to complete.")
    private String prompt;

    @Option(
            names = "--n",
            defaultValue = "1",
            paramLabel = "N",
            description = "How many completions. Default: ${DEFAULT-VALUE}.")
    private int completions;

    @Option(
            names = "--temperature",
            defaultValue = "1.0",
            paramLabel = "X",
            description = "Sampling temperature; 0 takes the likeliest token. Default: ${DEFAULT-VALUE}.")
    private double temperature;

    public GenerateCommand(GenerationLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws Exception {
        return launcher.generate(
                new GenerationLauncher.Request(checkpoint, prompt, completions, temperature),
                spec.commandLine().getOut());
    }
}
