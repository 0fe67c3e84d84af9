package dev.freshet.ops.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One way to distil, under several divergences.
 *
 * @param prefix of its arms' names
 * @param arms each the spec of a divergence, but for {@code js}, which papers have at twice the textbooks' scale
 * @param settings of its runs, each {@code key=value}
 */
record DistillRecipe(String prefix, List<String> arms, List<String> settings) {
    private static final Map<String, String> TRAINED_WITH = Map.of("js", "js-gan");

    /** Updates of the student as the recipe has them: no momentum, no bound on the norm. */
    private static final List<String> STUDENT = List.of(
            "freshet.objective=f-distill",
            "freshet.divergence-coefficient=1.0",
            "freshet.train.learning-rate-warm-up-steps=0",
            "freshet.train.final-learning-rate-fraction=0.0",
            "freshet.train.max-gradient-norm=1e6",
            "freshet.train.adam.beta1=0.0",
            "freshet.train.adam.beta2=0.99",
            "freshet.checkpoint.interval=0",
            "freshet.distill.evaluation.interval=0");

    DistillRecipe {
        arms = List.copyOf(arms);
        settings = List.copyOf(settings);
    }

    /** Recipe 3a: a student of four Gaussians, which cannot cover the eight of its teacher. */
    static DistillRecipe misspecified(List<String> arms, int steps) {
        return of("", arms, steps, "freshet.train.learning-rate=0.02");
    }

    /** The same from a teacher that is a network, and has learnt the data. */
    static DistillRecipe fromTrainedTeacher(List<String> arms, int steps) {
        return of("trained/", arms, steps, "freshet.train.learning-rate=0.02", "freshet.distill.teacher.kind=trained");
    }

    /** Recipe 3b: a student that could be its teacher. */
    static DistillRecipe network(List<String> arms, int steps) {
        return of(
                "network/",
                arms,
                steps,
                "freshet.train.learning-rate=1e-3",
                "freshet.distill.student.kind=network",
                "freshet.distill.student.network.warm-start.scale=1.5");
    }

    /** Small images, from a teacher that is trained on them. */
    static DistillRecipe images(List<String> arms, int steps, Path file) {
        return of(
                "images/",
                arms,
                steps,
                "freshet.train.learning-rate=3e-4",
                "freshet.f-distill.adversarial-weight=0.1",
                "freshet.distill.data.kind=idx",
                "freshet.distill.data.path=" + file.toAbsolutePath(),
                "freshet.distill.noise.least=0.1",
                "freshet.distill.noise.most=4.0",
                "freshet.distill.scaling.data-deviation=0.5",
                "freshet.distill.scaling.input-variance=0.4",
                "freshet.distill.scaling.copies=[1.0]",
                "freshet.distill.batch=128",
                "freshet.distill.score.widths=[256,256,256]",
                "freshet.distill.teacher.kind=trained",
                "freshet.distill.teacher.steps=3000",
                "freshet.distill.critic.widths=[128,128]",
                "freshet.distill.critic.head-start=100",
                "freshet.distill.critic.learning-rate=5e-4",
                "freshet.distill.student.kind=network",
                "freshet.distill.student.network.widths=[256,256,256]",
                "freshet.distill.student.network.warm-start.kind=teacher",
                "freshet.distill.student.network.warm-start.steps=1000",
                "freshet.distill.evaluation.samples=2000",
                "freshet.distill.evaluation.examples=2000",
                "freshet.distill.evaluation.feature-cells=6");
    }

    private static DistillRecipe of(String prefix, List<String> arms, int steps, String... own) {
        return new DistillRecipe(
                prefix,
                arms,
                Stream.of(STUDENT, List.of("freshet.train.steps=" + steps), List.of(own))
                        .flatMap(List::stream)
                        .toList());
    }

    /** The settings of one run. */
    List<String> run(String arm, long seed) {
        List<String> run = new ArrayList<>(settings);
        run.add("freshet.divergence=\"" + TRAINED_WITH.getOrDefault(arm, arm) + "\"");
        run.add("freshet.train.seed=" + seed);
        return run;
    }
}
