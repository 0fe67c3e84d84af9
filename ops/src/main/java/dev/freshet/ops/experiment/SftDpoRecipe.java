package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The settings of the runs of {@link SftDpoExperiment}, each {@code key=value}. */
final class SftDpoRecipe {
    static final int DEMONSTRATIONS = 100;

    /** Demonstrations a step of supervised fine-tuning. */
    private static final int SFT_BATCH = 20;

    private static final int DPO_BATCH = 64;

    private static final List<String> COMMON = List.of(
            "freshet.task.name=letters",
            "freshet.generation.max-completion-length=6",
            "freshet.model.layers=2",
            "freshet.train.own-cpus=off",
            "freshet.monitors.interval=0",
            "freshet.checkpoint.interval=0",
            "freshet.run.rollouts-per-step=0",
            "freshet.evaluation.prompts=16",
            "freshet.evaluation.samples=1",
            "freshet.evaluation.k=[1]");

    private static final List<String> ADAM = List.of(
            "freshet.train.mini-batches=1",
            "freshet.train.adam.beta2=0.999",
            "freshet.train.learning-rate-warm-up-steps=10",
            "freshet.train.final-learning-rate-fraction=0");

    private SftDpoRecipe() {}

    /** A policy that has been shown five things that can be done with letters; what it is trained by beside that does not count. */
    static List<String> base(int warmUpSteps) {
        return joined(
                COMMON,
                List.of(),
                List.of(
                        "freshet.warm-up.steps=" + warmUpSteps,
                        "freshet.warm-up.learning-rate-warm-up-steps=20",
                        "freshet.warm-up.learning-rate-schedule=linear",
                        "freshet.warm-up.final-learning-rate-fraction=0.02",
                        "freshet.warm-up.adam.beta2=0.999",
                        "freshet.warm-up.adam.weight-decay=0",
                        "freshet.train.batch-groups=16"));
    }

    static List<String> sft(int steps, Path demonstrations, long seed) {
        return joined(
                COMMON,
                ADAM,
                List.of(
                        "freshet.dataset.path=" + demonstrations,
                        "freshet.dataset.batch-examples=" + SFT_BATCH,
                        "freshet.train.steps=" + steps,
                        "freshet.train.seed=" + seed,
                        "freshet.train.learning-rate-schedule=cosine",
                        "freshet.reference=off"));
    }

    static List<String> dpo(int steps, Path preferences, long seed) {
        return joined(
                COMMON,
                ADAM,
                List.of(
                        "freshet.objective=dpo",
                        "freshet.divergence-coefficient=0.1",
                        "freshet.dataset.path=" + preferences,
                        "freshet.dataset.batch-examples=" + DPO_BATCH,
                        "freshet.train.steps=" + steps,
                        "freshet.train.seed=" + seed,
                        "freshet.train.learning-rate=1e-4",
                        "freshet.train.learning-rate-schedule=linear"));
    }

    /** Mean of -ln pi over all demonstrations, each as it was seen last. */
    static double lossOfTheLastEpoch(FinishedRun sft) throws IOException {
        List<JsonNode> steps = sft.events("StepTrained");
        int epoch = DEMONSTRATIONS / SFT_BATCH;
        return steps.subList(Math.max(0, steps.size() - epoch), steps.size()).stream()
                .mapToDouble(step -> -step.at("/report/measures/log_prob").asDouble(Double.NaN))
                .average()
                .orElseThrow();
    }

    private static List<String> joined(List<String> common, List<String> ofOptimizer, List<String> own) {
        return Stream.of(common, ofOptimizer, own).flatMap(List::stream).toList();
    }
}
