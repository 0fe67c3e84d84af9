package dev.freshet.model.distillation;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the updates of one round saw. */
final class DistillationTally {
    private double fakeLoss;
    private double discriminatorLoss;
    private double accuracy;
    private int skipped;
    private int updates;

    void add(CriticUpdate.Outcome outcome) {
        fakeLoss += outcome.fakeLoss();
        discriminatorLoss += outcome.discriminatorLoss();
        accuracy += outcome.accuracy();
        skipped += outcome.skipped();
        updates++;
    }

    /**
     * The round as a step of the run: a group of as many rollouts as samples of the student were learnt from. What only tokens and
     * rewards have is NaN.
     *
     * @param student what its update saw
     * @param samples of an update
     */
    StepReport report(
            PolicyVersion made,
            long round,
            FDistill objective,
            StudentUpdate.Outcome student,
            double learningRate,
            int samples,
            double seconds) {
        return new StepReport(
                made,
                objective.name(),
                objective.divergenceInUse(),
                objective.regularisation().coefficient(),
                round,
                round,
                1,
                Math.multiplyExact(updates + 1, samples),
                0,
                Double.NaN,
                Double.NaN,
                student.loss() + student.adversarialLoss(),
                Double.NaN,
                student.weighting().divergence(),
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                student.gradientNorm(),
                learningRate,
                skipped + (student.applied() ? 0 : 1),
                0,
                0,
                seconds,
                0,
                0,
                measures(student));
    }

    /**
     * <ul>
     *   <li>{@code adversarial_loss}, its weight included
     *   <li>{@code fake_loss} of the student's score, in units of its network's output
     *   <li>{@code discriminator_loss}, 2 ln 2 where samples and data cannot be told apart, and {@code discriminator_accuracy}, the share
     *       that it tells apart
     *   <li>{@code ratio}, teacher to student as the discriminator has it, and {@code bounded_ratios}, the share that was clamped
     *   <li>{@code weight_sample_size}, (sum h)^2 / (n sum h^2) of the weights, in (0, 1]
     * </ul>
     */
    private Map<String, Double> measures(StudentUpdate.Outcome student) {
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("adversarial_loss", student.adversarialLoss());
        measures.put("fake_loss", fakeLoss / updates);
        measures.put("discriminator_loss", discriminatorLoss / updates);
        measures.put("discriminator_accuracy", accuracy / updates);
        measures.put("ratio", student.weighting().meanRatio());
        measures.put("bounded_ratios", student.weighting().boundedRatios());
        measures.put("weight_sample_size", student.weighting().effectiveSampleSize());
        return measures;
    }
}
