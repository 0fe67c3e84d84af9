package dev.freshet.model.distillation;

import dev.freshet.model.rollout.PolicyVersion;

/**
 * What one step of distillation did: some updates of what follows the student, one of the student, one new version of it. Losses and
 * shares of the former are means over them.
 *
 * @param version the version that this step made
 * @param divergence spec of the divergence in force
 * @param loss of the student's divergence: half the mean square of the direction that its samples are moved in
 * @param adversarialWeight of the GAN loss
 * @param adversarialLoss the weight included
 * @param fakeLoss of the student's score, in units of its network's output
 * @param discriminatorLoss 2 ln 2 where samples and data cannot be told apart
 * @param discriminatorAccuracy share of samples and examples that it told apart
 * @param meanRatio of teacher to student as the discriminator has it, clamped, before it is normalised
 * @param boundedRatios share of samples whose ratio was clamped
 * @param effectiveSampleSize (sum h)^2 / (n sum h^2) of the weights, in (0, 1]
 * @param gradientNorm of the student's parameters, before clipping; NaN if the student was left as it was
 * @param learningRate of the student
 * @param criticUpdates before the student's
 * @param skippedUpdates that changed nothing because loss or gradient were not finite
 * @param samples of the student that the updates learnt from
 * @param examples of the data that have been seen since the beginning: the cursor of the data
 * @param seconds time that the learner spent on the step
 */
public record DistillationReport(
        PolicyVersion version,
        String divergence,
        double loss,
        double adversarialWeight,
        double adversarialLoss,
        double fakeLoss,
        double discriminatorLoss,
        double discriminatorAccuracy,
        double meanRatio,
        double boundedRatios,
        double effectiveSampleSize,
        double gradientNorm,
        double learningRate,
        int criticUpdates,
        int skippedUpdates,
        long samples,
        long examples,
        double seconds) {}
