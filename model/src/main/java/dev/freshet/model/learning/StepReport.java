package dev.freshet.model.learning;

import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one training step did: one batch, one objective, one divergence, one new policy version. Of a batch of a dataset, groups are examples,
 * rollouts their sequences, and all that only samples of the policy have is NaN.
 *
 * @param version the version that this step made and published
 * @param objective name of the objective, for example {@code grpo}
 * @param divergence spec of the divergence in force, for example {@code js} or {@code none}
 * @param coefficient factor of the divergence term in the loss
 * @param firstSequence admission number of the batch's first group
 * @param lastSequence admission number of the batch's last group
 * @param groups groups in the batch
 * @param rollouts rollouts in the batch
 * @param trainedTokens completion tokens in the batch
 * @param meanReward mean over rollouts
 * @param accuracy share of rollouts with a reward of at least 1: pass@1 on the training prompts
 * @param loss mean over the mini-batches that were applied; NaN, like all that is measured on them, if none was
 * @param entropy mean over tokens of the learner's distribution, in nats
 * @param divergenceValue estimate of the active divergence from the reference, of f-DPG from the target, per token of what it is
 *     estimated on; NaN while it is {@code none}
 * @param meanRatio mean over tokens of policy over behaviour
 * @param effectiveSampleSize (sum w)^2 / (n sum w^2) of the ratios, in (0, 1]
 * @param clippedLow share of tokens whose ratio was clipped from below
 * @param clippedHigh share of tokens whose ratio was clipped from above
 * @param clampedLogRatios share of tokens, those of rehearsal included, with a log ratio, to behaviour or reference, beyond the clamp
 * @param cappedWeights share of tokens whose importance weight in the divergence term, or pseudo-reward, was at its cap
 * @param gradientNorm norm before clipping, mean over the mini-batches that were applied
 * @param learningRate of the step
 * @param skippedMiniBatches mini-batches that changed nothing because loss or gradient were not finite
 * @param maxStaleness versions between the learner and the oldest token it learnt from
 * @param meanStaleness mean over rollouts of their oldest token's staleness
 * @param seconds time the learner spent on the step, publishing included
 * @param rehearsalSequences learnt from beside the rollouts, which all other numbers but loss, divergence and clamped log ratios are of
 * @param rehearsalTokens completion tokens of those
 * @param measures what else the objective tells, by name, each a mean over what it is of
 */
public record StepReport(
        PolicyVersion version,
        String objective,
        String divergence,
        double coefficient,
        long firstSequence,
        long lastSequence,
        int groups,
        int rollouts,
        long trainedTokens,
        double meanReward,
        double accuracy,
        double loss,
        double entropy,
        double divergenceValue,
        double meanRatio,
        double effectiveSampleSize,
        double clippedLow,
        double clippedHigh,
        double clampedLogRatios,
        double cappedWeights,
        double gradientNorm,
        double learningRate,
        int skippedMiniBatches,
        long maxStaleness,
        double meanStaleness,
        double seconds,
        int rehearsalSequences,
        long rehearsalTokens,
        Map<String, Double> measures) {
    public StepReport {
        measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }

    /** Of an objective that tells nothing else. */
    public StepReport(
            PolicyVersion version,
            String objective,
            String divergence,
            double coefficient,
            long firstSequence,
            long lastSequence,
            int groups,
            int rollouts,
            long trainedTokens,
            double meanReward,
            double accuracy,
            double loss,
            double entropy,
            double divergenceValue,
            double meanRatio,
            double effectiveSampleSize,
            double clippedLow,
            double clippedHigh,
            double clampedLogRatios,
            double cappedWeights,
            double gradientNorm,
            double learningRate,
            int skippedMiniBatches,
            long maxStaleness,
            double meanStaleness,
            double seconds,
            int rehearsalSequences,
            long rehearsalTokens) {
        this(
                version,
                objective,
                divergence,
                coefficient,
                firstSequence,
                lastSequence,
                groups,
                rollouts,
                trainedTokens,
                meanReward,
                accuracy,
                loss,
                entropy,
                divergenceValue,
                meanRatio,
                effectiveSampleSize,
                clippedLow,
                clippedHigh,
                clampedLogRatios,
                cappedWeights,
                gradientNorm,
                learningRate,
                skippedMiniBatches,
                maxStaleness,
                meanStaleness,
                seconds,
                rehearsalSequences,
                rehearsalTokens,
                Map.of());
    }

    /** What a step on a dataset saw, means over the mini-batches that were applied. */
    record DatasetMeans(double loss, double entropy, double gradientNorm, Map<String, Double> measures) {}

    /** Of a step on a dataset. */
    static StepReport ofDataset(
            PolicyVersion version,
            String objective,
            String divergence,
            double coefficient,
            DatasetBatch batch,
            DatasetMeans means,
            double learningRate,
            int skippedMiniBatches,
            double seconds) {
        int examples = batch.examples().size();
        return new StepReport(
                version,
                objective,
                divergence,
                coefficient,
                batch.firstSequence(),
                batch.lastSequence(),
                examples,
                examples * batch.kind().sequences(),
                batch.completionTokens(),
                Double.NaN,
                Double.NaN,
                means.loss(),
                means.entropy(),
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                means.gradientNorm(),
                learningRate,
                skippedMiniBatches,
                0,
                0,
                seconds,
                0,
                0,
                means.measures());
    }
}
