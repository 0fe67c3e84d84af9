package dev.freshet.ops.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.task.EvaluationSuite;
import dev.freshet.model.task.JsonlSettings;
import dev.freshet.model.task.JsonlTask;
import dev.freshet.model.task.Task;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Problems of a skill that a run does not train, from a file, in the tokens of its task: what the policy forgets of them by the way. */
final class OtherSkill {
    private static final String JSONL = "freshet.task.jsonl.";

    private OtherSkill() {}

    /** Empty if the run names no file. */
    static Optional<HeldOutEvaluation> evaluation(EvaluationScope scope, EvaluationSettings settings) {
        return task(scope.configuration())
                .map(task -> new HeldOutEvaluation(
                        scope, new EvaluationSuite(EvaluationSettings.OTHER_SKILL, task::heldOut), task, settings));
    }

    /**
     * The file as a task; empty if the run names none.
     *
     * @throws IllegalArgumentException if it is missing or lines cannot be used, each named with its number
     */
    static Optional<Task> task(RunConfiguration configuration) {
        return configuration.evaluation().otherSkill().map(file -> read(file, configuration));
    }

    private static Task read(Path file, RunConfiguration configuration) {
        int room = configuration.decoder().maxLength()
                - configuration.generation().sampling().maxCompletionLength();
        Config problems = ConfigFactory.parseMap(Map.of(
                        JSONL + "file", file.toString(),
                        JSONL + "held-out-file", "",
                        JSONL + "held-out-share", 1,
                        JSONL + "layout", "prompt",
                        JSONL + "template", "",
                        JSONL + "max-prompt-tokens", room,
                        JSONL + "demonstrations", "none"))
                .withFallback(configuration.config());
        try {
            return JsonlTask.load(
                    JsonlSettings.from(problems), configuration.task().tokenizer(), configuration.seed());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "other-skill must be a file of problems with prompt and ground_truth (freshet.evaluation.other-skill): "
                            + e.getMessage(),
                    e);
        }
    }
}
