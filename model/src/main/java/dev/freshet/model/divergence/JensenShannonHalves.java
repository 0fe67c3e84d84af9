package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.exponentialRemainder;
import static dev.freshet.model.divergence.StableFunctions.mixtureLogRatio;
import static dev.freshet.model.divergence.StableFunctions.withSlope;
import static dev.freshet.model.engine.Scalars.minus;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * The Jensen-Shannon divergence by its definition, each half estimated where it is an expectation. With m = (policy + anchor) / 2
 *
 * <pre>
 *   JS on f-GAN's scale = KL(anchor || m) + KL(policy || m)
 *   KL(anchor || m) = E_anchor[d' - 1 - ln d'],   d' = m / anchor    KL(policy || m) = E_policy[d - 1 - ln d],   d = m / policy
 * </pre>
 *
 * <p>m moves with the policy, so that neither half's gradient is what differentiating the logarithm alone would give: of the first
 * t / 2 - t / (1 + t), of the second ln(2t / (1 + t)) + 1 / (1 + t) - 1/2, times grad ln policy. They add up to the divergence's.
 *
 * <p>{@code logRatio} is l = ln policy - ln anchor = ln t of the sampled token; it carries the policy's gradient.
 */
public final class JensenShannonHalves {
    private JensenShannonHalves() {}

    /** KL(anchor || m), differentiated as it stands, of samples from the anchor; of {@code logRatio}'s shape. */
    public static NDArray ofAnchor(NDArray logRatio) {
        return exponentialRemainder(mixtureLogRatio(logRatio));
    }

    /** KL(policy || m), with the score function's gradient, of samples from the policy; of {@code logRatio}'s shape. */
    public static NDArray ofPolicy(NDArray logRatio) {
        NDArray fixed = logRatio.stopGradient();
        NDArray toMixture = mixtureLogRatio(fixed.neg());
        NDArray half = minus(Activation.sigmoid(fixed.neg()), 0.5);
        return withSlope(exponentialRemainder(toMixture), half.sub(toMixture), logRatio);
    }
}
