package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;

/**
 * A micro-batch's loss and what a person would like to know of it. All arrays are scalars; all but {@code loss} are sums over
 * the micro-batch's tokens, without gradient, which the learner divides by the token count of the step.
 *
 * @param loss differentiable
 * @param divergence of the active divergence's value estimate against the reference, corrected for stale samples; 0 when there
 *     is none, or {@link Credits} tell it
 * @param ratio of policy over behaviour, token by token
 * @param squaredRatio of the ratio's square, for the effective sample size
 * @param clippedLow number of tokens clipped from below
 * @param clippedHigh number of tokens clipped from above
 * @param clampedLogRatios number of tokens with a log ratio, to behaviour, proximal policy or reference, beyond the clamp
 * @param cappedWeights number of tokens with an importance weight, of the divergence term or from proximal to behaviour policy, at its
 *     cap
 */
public record ObjectiveLoss(
        NDArray loss,
        NDArray divergence,
        NDArray ratio,
        NDArray squaredRatio,
        NDArray clippedLow,
        NDArray clippedHigh,
        NDArray clampedLogRatios,
        NDArray cappedWeights) {
    /** The same with more to descend, a scalar that is not the objective's. */
    public ObjectiveLoss plus(NDArray more) {
        return new ObjectiveLoss(
                loss.add(more),
                divergence,
                ratio,
                squaredRatio,
                clippedLow,
                clippedHigh,
                clampedLogRatios,
                cappedWeights);
    }
}
