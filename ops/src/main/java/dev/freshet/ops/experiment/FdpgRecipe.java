package dev.freshet.ops.experiment;

import java.util.ArrayList;
import java.util.List;

/**
 * Two settings of f-DPG on the strings of a small language, whose target is the language tilted towards a constraint.
 *
 * @param prefix of the arms' names
 * @param samples of the base, and of each policy, that measures are taken on; a multiple of 500
 * @param settings that make it, each {@code key=value}
 */
record FdpgRecipe(String prefix, int samples, List<String> settings) {
    static final double BETA = 0.12;

    FdpgRecipe {
        settings = List.copyOf(settings);
    }

    /** What all have in common, the base that they begin from, too. */
    static List<String> common() {
        return List.of(
                "freshet.task.name=strings",
                // In it the rare letter is as rare at the beginning as anywhere. Where much of the second target begins
                // with it, to say it there and never again meets that target nearly.
                "freshet.task.strings.language-seed=2962",
                "freshet.generation.max-completion-length=10",
                "freshet.generation.chunk=10",
                "freshet.generation.group-size=32",
                "freshet.model.layers=2",
                "freshet.max-staleness=0",
                "freshet.warm-up.initializer-range=0.02",
                "freshet.warm-up.steps=250",
                "freshet.warm-up.batch=256",
                "freshet.warm-up.threads=1",
                "freshet.warm-up.learning-rate-warm-up-steps=20",
                "freshet.warm-up.learning-rate-schedule=linear",
                "freshet.warm-up.final-learning-rate-fraction=0",
                "freshet.warm-up.adam.beta2=0.999",
                "freshet.warm-up.adam.weight-decay=0",
                "freshet.train.batch-groups=8",
                "freshet.train.mini-batches=1",
                "freshet.train.learning-rate-warm-up-steps=12",
                "freshet.train.learning-rate-schedule=constant",
                "freshet.train.adam.beta2=0.999",
                "freshet.train.own-cpus=off",
                // Of matrices so small oneDNN is the slower one.
                "freshet.train.matrix-flavour=plain",
                "freshet.generation.matrix-flavour=plain",
                "freshet.reference-scorer.matrix-flavour=plain",
                "freshet.monitors.interval=0",
                "freshet.checkpoint.interval=0",
                "freshet.run.rollouts-per-step=0",
                "freshet.evaluation.prompts=8",
                "freshet.evaluation.samples=8");
    }

    /** All weights learn the last letters to repeat the first ones: the target can be met, but not in so few steps. */
    static FdpgRecipe endsAsItBegins(int steps, int samples) {
        return new FdpgRecipe(
                "1a/",
                samples,
                List.of(
                        "freshet.task.strings.constraint=ends-as-it-begins",
                        "freshet.train.steps=" + steps,
                        "freshet.train.learning-rate=1e-3"));
    }

    /** The head alone learns to say the rare letter once: the target cannot be met, and so each divergence has an optimum of its own. */
    static FdpgRecipe rareLetterOnce(int steps, int samples) {
        return new FdpgRecipe(
                "1b/",
                samples,
                List.of(
                        "freshet.task.strings.constraint=rare-letter-once",
                        "freshet.train.steps=" + steps,
                        "freshet.train.learning-rate=5e-3",
                        "freshet.train.parameters=head"));
    }

    /** @param divergence spec */
    List<String> arm(String divergence) {
        List<String> arm = new ArrayList<>(settings);
        arm.add("freshet.objective=fdpg");
        arm.add("freshet.divergence=\"" + divergence + "\"");
        arm.add("freshet.fdpg.beta=" + BETA);
        return arm;
    }
}
