package dev.freshet.ops.training;

import dev.freshet.model.distillation.DistillationSettings;
import dev.freshet.model.distillation.FidelitySettings;
import dev.freshet.model.distillation.StudentFidelity;
import dev.freshet.model.distillation.TrainingData;
import dev.freshet.model.learning.Flatness;
import dev.freshet.model.learning.UpdateRuleSettings;
import dev.freshet.model.task.Demonstration;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.Task.Demonstrations;
import dev.freshet.model.trajectory.TrajectorySettings;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What training needs of task and model together. Without it a run would fail after minutes of warm-up. A checkpoint can be
 * evaluated with less.
 */
final class TrainingRequirements {
    /** Prompts looked at; those of the built-in tasks differ by a few tokens at most. */
    private static final int LOOKED_AT = 1000;

    private TrainingRequirements() {}

    /** @throws IllegalArgumentException naming the value, the rule and the remedy */
    static void require(RunConfiguration configuration) {
        var unusedControl = configuration.control().listening().guard();
        var unusedMetrics = configuration.metrics().guard();
        requireThatItsPastIsThere(configuration);
        if (configuration.distillation().isPresent()) {
            requireData(configuration, configuration.distillation().get());
            return;
        }
        Optional<Path> from = WarmUpSource.from(configuration.config());
        from.ifPresent(checkpoint -> WarmUpSource.requireFits(checkpoint, configuration.decoder()));
        Optional<Demonstrations> demonstrations = from.isPresent() || WarmUpSource.isRandom(configuration.config())
                ? Optional.empty()
                : Optional.of(demonstrations(configuration));
        requireProblems(configuration);
        requireRoomForCompletions(configuration);
        demonstrations.ifPresent(examples -> requireRoomFor(examples, configuration));
        configuration
                .exampleKind()
                .ifPresent(kind -> DatasetSource.dataset(configuration, kind).close());
        var unusedSkill = OtherSkill.task(configuration);
        var unusedTask = RehearsalSource.read(configuration).map(set -> RehearsalSource.task(configuration, set));
    }

    /** Of what the learner would be held to, whatever the objective. */
    private static void requireThatItsPastIsThere(RunConfiguration configuration) {
        Flatness flatness = configuration.learner().flatness();
        TrajectorySettings.Kind kind = flatness.trajectory().kind();
        if (configuration.distillation().isPresent()) {
            if (kind != TrajectorySettings.Kind.NONE || flatness.update().kind() != UpdateRuleSettings.Kind.PLAIN) {
                throw new IllegalArgumentException("f-distill seeks no flat minima: trajectory.kind must be none and"
                        + " update.rule plain, were " + lowerCase(kind) + " and "
                        + lowerCase(flatness.update().kind())
                        + " (freshet.trajectory.kind, freshet.train.update.rule, freshet.objective)");
            }
        } else if (configuration.exampleKind().isEmpty()) {
            flatness.trajectory().requireFitsRollouts();
        }
    }

    private static String lowerCase(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Reads it all, so that a damaged file is told of before anything is trained. */
    private static void requireData(RunConfiguration configuration, DistillationSettings distillation) {
        TrainingData data = distillation.data().open(configuration.seed());
        var unused = new StudentFidelity(FidelitySettings.from(configuration.config()), data);
    }

    static Demonstrations demonstrations(RunConfiguration configuration) {
        Task task = configuration.task();
        return task.demonstrations()
                .orElseThrow(() -> new IllegalArgumentException("task " + task.name()
                        + " must have demonstrations to warm a new policy up with, had none: set"
                        + " freshet.task.jsonl.demonstrations = answers, name a checkpoint to begin from in freshet.warm-up.from,"
                        + " or choose another freshet.task.name"));
    }

    private static void requireProblems(RunConfiguration configuration) {
        Task task = configuration.task();
        try {
            var unused = task.trainingPrompt(0);
        } catch (IllegalStateException noneToTrainOn) {
            throw new IllegalArgumentException(noneToTrainOn.getMessage() + ": lower it", noneToTrainOn);
        }
        if (task.heldOut().isEmpty()) {
            throw new IllegalArgumentException("task " + task.name()
                    + " must hold out at least one problem to evaluate on, held out none: held-out-share is "
                    + configuration.config().getDouble("freshet.task.jsonl.held-out-share")
                    + "; raise it (freshet.task.jsonl.held-out-share), or name a freshet.task.jsonl.held-out-file");
        }
    }

    private static void requireRoomForCompletions(RunConfiguration configuration) {
        int prompt = longestPrompt(configuration);
        int completion = configuration.generation().sampling().maxCompletionLength();
        int longest = configuration.decoder().maxLength();
        if (prompt + completion <= longest) {
            return;
        }
        String rule =
                "a prompt of " + prompt + " tokens and max-completion-length together must be at most max-length, "
                        + longest + ", max-completion-length was " + completion;
        String remedy = " (freshet.generation.max-completion-length, freshet.model.max-length"
                + (isFromFile(configuration) ? ", freshet.task.jsonl.max-prompt-tokens)" : ")");
        throw new IllegalArgumentException(
                rule + ": lower it, or raise max-length to " + (prompt + completion) + remedy);
    }

    private static int longestPrompt(RunConfiguration configuration) {
        if (isFromFile(configuration)) {
            return configuration.config().getInt("freshet.task.jsonl.max-prompt-tokens");
        }
        Task task = configuration.task();
        return Stream.concat(
                        task.heldOut().stream().limit(LOOKED_AT),
                        LongStream.range(0, LOOKED_AT).mapToObj(task::trainingPrompt))
                .mapToInt(prompt -> prompt.tokens().size())
                .max()
                .orElseThrow();
    }

    private static boolean isFromFile(RunConfiguration configuration) {
        return configuration.config().getString("freshet.task.name").equals("jsonl");
    }

    private static void requireRoomFor(Demonstrations demonstrations, RunConfiguration configuration) {
        Demonstration longest = IntStream.range(0, demonstrations.telling())
                .mapToObj(demonstrations::get)
                .max(Comparator.comparingInt(TrainingRequirements::length))
                .orElseThrow();
        int room = configuration.decoder().maxLength();
        if (length(longest) > room) {
            throw new IllegalArgumentException(
                    "max-length must have room for the demonstrations of the warm-up, of up to " + length(longest)
                            + " tokens, was " + room + " (freshet.model.max-length); the longest is that of \""
                            + longest.prompt().beginning() + "\"");
        }
    }

    private static int length(Demonstration demonstration) {
        return demonstration.prompt().tokens().size()
                + demonstration.completion().size();
    }
}
