package dev.freshet.ops.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how often a checkpoint's completions are right, or what it knows of given answers. */
@Command(
        name = "eval",
        description = "Measures unbiased pass@k of a checkpoint, or what it knows of given answers (--answers).")
public final class EvalCommand implements Callable<Integer> {
    private final EvaluationLauncher launcher;

    @Spec
    private CommandSpec spec;

    @Option(names = "--checkpoint", required = true, paramLabel = "DIR", description = "The checkpoint's directory.")
    private Path checkpoint;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "Problems, one JSON object a line, in the layout of freshet.task.jsonl.layout; all are measured."
                            + " Default: the held-out set of the checkpoint's run.")
    private @Nullable Path data;

    @Option(
            names = "--answers",
            paramLabel = "FILE",
            description =
                    "In place of pass@k: answers that it may know or have unlearned, one JSON object a line with \"prompt\" and"
                            + " \"answer\", and if there are any \"restated\" and a list \"wrong\". Measured are probability,"
                            + " ROUGE-L and truth ratio.")
    private @Nullable Path answers;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "One setting over those of the checkpoint's run, as in freshet.task.jsonl.layout=prompt. May be"
                            + " given many times.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--k",
            split = ",",
            defaultValue = "1,4,16",
            paramLabel = "K",
            description = "The k of pass@k, separated by commas. Default: ${DEFAULT-VALUE}.")
    private List<Integer> ks;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    public EvalCommand(EvaluationLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws Exception {
        OutputFormat format = json ? OutputFormat.JSON : OutputFormat.TEXT;
        return launcher.evaluate(
                new EvaluationLauncher.Request(
                        checkpoint, Optional.ofNullable(data), Optional.ofNullable(answers), overrides, ks, format),
                spec.commandLine().getOut());
    }
}
