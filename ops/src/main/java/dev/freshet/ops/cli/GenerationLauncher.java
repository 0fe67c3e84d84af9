package dev.freshet.ops.cli;

import dev.freshet.model.rollout.AdmittedPrompt;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Completes a prompt with a checkpoint's policy. */
@FunctionalInterface
public interface GenerationLauncher {
    /**
     * Writes the completions to {@code out}.
     *
     * @return an exit code of {@link ExitCode}
     * @throws IllegalArgumentException if the checkpoint or the prompt is refused
     * @throws Exception if generation failed
     */
    int generate(Request request, PrintWriter out) throws Exception;

    /**
     * @param completions how many, at least 1
     * @param temperature of sampling; 0 takes the likeliest token
     */
    record Request(Path checkpoint, String prompt, int completions, double temperature) {
        public Request {
            if (completions < 1) {
                throw new IllegalArgumentException(
                        "the number of completions must be at least 1, was " + completions + " (--n)");
            }
            if (temperature != 0 && !AdmittedPrompt.isTemperature(temperature)) {
                throw new IllegalArgumentException("temperature must be 0, for the most likely token, or at least "
                        + AdmittedPrompt.LOWEST_TEMPERATURE + ", and finite, was " + temperature + " (--temperature)");
            }
        }
    }
}
