package dev.freshet.ops.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Measures pass@k of a checkpoint, or how given answers come off with it. */
@FunctionalInterface
public interface EvaluationLauncher {
    /**
     * Writes the result to {@code out} in the format asked for.
     *
     * @return an exit code of {@link ExitCode}
     * @throws IllegalArgumentException if the checkpoint, the data or a setting is refused
     * @throws Exception if the evaluation failed
     */
    int evaluate(Request request, PrintWriter out) throws Exception;

    /**
     * @param data problems as JSON lines; empty for the held-out set of the checkpoint's run
     * @param answers given answers as JSON lines, to be measured in place of pass@k
     * @param overrides of the settings of the checkpoint's run, each {@code key=value}
     * @param ks the k of pass@k, ascending and each once
     */
    record Request(
            Path checkpoint,
            Optional<Path> data,
            Optional<Path> answers,
            List<String> overrides,
            List<Integer> ks,
            OutputFormat format) {
        public Request {
            for (int k : ks) {
                if (k < 1) {
                    throw new IllegalArgumentException("k of pass@k must be at least 1, was " + k + " (--k)");
                }
            }
            if (data.isPresent() && answers.isPresent()) {
                throw new IllegalArgumentException("data and answers are measured apart, had both (--data, --answers)");
            }
            overrides = List.copyOf(overrides);
            ks = ks.stream().sorted().distinct().toList();
        }

        /** Of pass@k. */
        public Request(
                Path checkpoint, Optional<Path> data, List<String> overrides, List<Integer> ks, OutputFormat format) {
            this(checkpoint, data, Optional.empty(), overrides, ks, format);
        }
    }
}
