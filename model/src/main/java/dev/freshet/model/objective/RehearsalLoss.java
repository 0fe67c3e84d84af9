package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.engine.Scalars;

/**
 * The loss of a micro-batch of rehearsal sequences. All arrays are scalars; all but {@code loss} are sums over its tokens, without
 * gradient.
 *
 * @param loss differentiable, the coefficient included
 * @param divergence of the estimate
 * @param clampedLogRatios number of tokens whose log ratio to the anchor is beyond the clamp
 */
public record RehearsalLoss(NDArray loss, NDArray divergence, NDArray clampedLogRatios) {
    /**
     * <pre>
     *   loss = sum over tokens of weight * coefficient * form(l),   l = ln pi - ln p at tokens that p sampled
     * </pre>
     *
     * <p>The value is never clamped. Where l is, the estimate keeps the coefficient that it has at the clamp.
     */
    static RehearsalLoss of(Rlvr rlvr, RehearsalTokens batch, NDArray logProbs) {
        Regularisation regularisation = rlvr.regularisation();
        NDArray fixed = logProbs.stopGradient(); // (tokens,), as all arrays but sums
        NDArray toAnchor = fixed.sub(batch.anchor());
        // The clamp bounds where f and t f' are read; the gradient of ln pi passes it by.
        NDArray logRatio = rlvr.clamp(toAnchor).add(logProbs.sub(fixed));
        NDArray estimate = regularisation
                .rehearsal()
                .form()
                .estimate(regularisation.divergence().orElseThrow(), logRatio);
        NDArray weights = Scalars.times(batch.weight(), regularisation.coefficient());
        return new RehearsalLoss(
                estimate.mul(weights).sum(),
                estimate.stopGradient().sum(),
                Rlvr.count(rlvr.isClamped(toAnchor), logProbs));
    }
}
