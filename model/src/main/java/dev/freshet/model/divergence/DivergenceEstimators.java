package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.withSlope;
import static dev.freshet.model.engine.Scalars.atLeast;
import static dev.freshet.model.engine.Scalars.atMost;
import static dev.freshet.model.engine.Scalars.clip;
import static dev.freshet.model.engine.Scalars.filled;
import static dev.freshet.model.engine.Scalars.gt;
import static dev.freshet.model.engine.Scalars.minimum;
import static dev.freshet.model.engine.Scalars.minus;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.engine.NoGradient;

/**
 * Four ways to estimate one divergence of policy from anchor, by where the samples come from. The expectation of each
 * is D_f, and the expectation of its gradient is the gradient of D_f: average it, weighted as the loss is, and descend.
 *
 * <pre>
 *   samples from        value      gradient
 *   policy              f(t)/t     f'(t) grad ln policy
 *   behaviour           w f(t)/t   w f'(t) grad ln policy,  w = policy / behaviour
 *   anchor              f(t)       t f'(t) grad ln policy
 *   none, whole vocabulary: exact
 * </pre>
 *
 * <p>On samples of the policy the value must not simply be differentiated: that leaves out how the samples'
 * distribution moves, and yields f'(t) - f(t)/t. For reverse KL, whose f(t)/t is k3, this is the gradient of
 * <em>forward</em> KL. The known remedy (verl's k3+, for reverse KL) works for every f: the value's estimate, with the
 * score function's gradient.
 *
 * <p>{@code logRatio} is l = ln policy - ln anchor of the sampled token; it carries the policy's gradient, and the
 * anchor is a constant.
 */
public final class DivergenceEstimators {
    /** Exact in single precision, in which its exponential can be squared. */
    private static final double FARTHEST = 30;

    /** Short enough for a cache, long enough for an operation to cost more than its call. */
    private static final long LOGITS_AT_ONCE = 1 << 17;

    private DivergenceEstimators() {}

    /** sg[f/t] + sg[f'] (l - sg[l]) of samples from the policy itself; of {@code logRatio}'s shape. */
    public static NDArray onPolicy(FDivergence divergence, NDArray logRatio) {
        NDArray fixed = logRatio.stopGradient();
        return withSlope(divergence.valueOnPolicy(fixed), divergence.derivative(fixed), logRatio);
    }

    /**
     * min(w, cap) times {@link #onPolicy}, of samples from a behaviour policy; of {@code logRatio}'s shape.
     *
     * @param logWeight ln w = ln policy - ln behaviour of the sampled token; its gradient is stopped
     * @param cap upper bound of the weight, above 0: below Infinity it trades bias for variance
     */
    public static NDArray fromBehaviour(FDivergence divergence, NDArray logRatio, NDArray logWeight, double cap) {
        return weighted(onPolicy(divergence, logRatio), logWeight, cap);
    }

    /** As {@link #fromBehaviour}, of any estimate on samples of the policy itself. */
    public static NDArray weighted(NDArray onPolicy, NDArray logWeight, double cap) {
        if (!(cap > 0)) {
            throw new IllegalArgumentException(
                    "the cap of importance weights must be above 0, was " + cap + "; use Infinity for no cap");
        }
        NDArray weight = logWeight.stopGradient().exp();
        NDArray capped = minimum(weight, cap);
        return onPolicy.mul(capped);
    }

    /**
     * f, differentiated as it stands, of samples from the anchor, such as a rehearsal buffer; of {@code logRatio}'s
     * shape.
     */
    public static NDArray fromAnchor(FDivergence divergence, NDArray logRatio) {
        return divergence.value(logRatio);
    }

    /**
     * The divergence itself, by summation over the last axis; of the shape without it.
     *
     * <p>Terms are policy f(t)/t where the policy is the greater and anchor f(t) elsewhere, so that no ratio meets a
     * probability too small for it; so are their slopes with respect to ln policy, policy f'(t) and anchor t f'(t). Where the
     * anchor vanishes a term is policy f'(Infinity), where the policy vanishes anchor f(0). Autograd sees the slopes alone, not
     * how they are computed.
     *
     * @param logPolicy normalised log-probs, (..., vocabulary); -Infinity is a probability of 0; carries the gradient
     * @param logAnchor likewise, without gradient
     */
    public static NDArray overVocabulary(FDivergence divergence, NDArray logPolicy, NDArray logAnchor) {
        NDArray fixed = logPolicy.stopGradient(); // (..., vocabulary), as all below
        NDArray policy = fixed.exp();
        NDArray anchor = logAnchor.exp();
        NDArray inPolicy = gt(fixed, Double.NEGATIVE_INFINITY);
        NDArray inAnchor = gt(logAnchor, Double.NEGATIVE_INFINITY);
        NDArray inBoth = inPolicy.logicalAnd(inAnchor);
        NDArray none = policy.zerosLike();

        NDArray logRatio = NDArrays.where(inBoth, fixed.sub(logAnchor), none);
        NDArray above = atLeast(logRatio, 0);
        NDArray below = atMost(logRatio, 0);
        // f(1) = f'(1) = 0: of the two one vanishes.
        NDArray shared = policy.mul(divergence.valueOnPolicy(above)).add(anchor.mul(divergence.value(below)));
        NDArray slope = policy.mul(divergence.derivative(above)).add(anchor.mul(divergence.anchorCoefficient(below)));

        NDArray priceOfNew = filled(none, divergence.derivativeAtInfinity());
        NDArray priceOfLost = filled(none, divergence.valueAtZero());
        NDArray unknown = policy.mul(NDArrays.where(inPolicy.logicalAnd(inAnchor.logicalNot()), priceOfNew, none));
        NDArray lost = anchor.mul(NDArrays.where(inAnchor.logicalAnd(inPolicy.logicalNot()), priceOfLost, none));
        // An infinite price has no slope: times zero it would make the value NaN.
        NDArray slopeOfNew = Double.isInfinite(divergence.derivativeAtInfinity()) ? none : unknown;
        NDArray zero = NDArrays.where(inPolicy, logPolicy.sub(fixed), none);
        return shared.add(unknown)
                .add(lost)
                .add(slope.add(slopeOfNew).mul(zero))
                .sum(new int[] {-1});
    }

    /**
     * {@link #overVocabulary} of distributions that give every token a probability, as a softmax does: policy f(t)/t and its slope
     * policy f'(t) at every token, by half of the work. Beyond a log ratio of 30 nats on either side, t stays as it is
     * there, and so does policy below: no price is infinite, and none is lost. Goes over rows in blocks, so that memory is taken for
     * one block's intermediate results, and for the slopes.
     *
     * @param logPolicy normalised log-probs, (..., vocabulary); carries the gradient
     * @param logAnchor likewise, without gradient
     */
    public static NDArray overCommonSupport(FDivergence divergence, NDArray logPolicy, NDArray logAnchor) {
        NDArray fixed = logPolicy.stopGradient(); // (..., vocabulary)
        long vocabulary = fixed.getShape().get(fixed.getShape().dimension() - 1);
        NDArray policies = fixed.reshape(-1, vocabulary); // (rows, vocabulary)
        NDArray anchors = logAnchor.reshape(-1, vocabulary); // (rows, vocabulary)
        long rows = policies.getShape().get(0);
        long block = Math.max(1, LOGITS_AT_ONCE / vocabulary);
        NDList values = new NDList(); // (rows of the block,) each
        NDList slopes = new NDList(); // (rows of the block, vocabulary) each
        for (long row = 0; row < rows; row += block) {
            String part = row + ":" + Math.min(rows, row + block);
            NoGradient.during(() -> addBlock(divergence, policies.get(part), anchors.get(part), values, slopes));
        }
        NDArray slope = NDArrays.concat(slopes).reshape(fixed.getShape());
        NDArray zero = logPolicy.sub(fixed).mul(slope).sum(new int[] {-1});
        return NDArrays.concat(values).reshape(zero.getShape()).add(zero);
    }

    /** A formula leaves hundreds of arrays behind: here they are closed, all but two. */
    private static void addBlock(
            FDivergence divergence, NDArray logPolicy, NDArray logAnchor, NDList values, NDList slopes) {
        NDManager kept = logPolicy.getManager();
        try (NDManager passing = kept.newSubManager()) {
            logPolicy.attach(passing);
            logAnchor.attach(passing);
            NDArray logRatio =
                    clip(logPolicy.sub(logAnchor), -FARTHEST, FARTHEST); // (rows, vocabulary), as all but values
            NDArray policy = logPolicy.maximum(minus(logAnchor, FARTHEST)).exp();
            NDArray value = policy.mul(divergence.valueOnPolicy(logRatio)).sum(new int[] {-1});
            NDArray slope = policy.mul(divergence.derivative(logRatio));
            value.attach(kept);
            slope.attach(kept);
            values.add(value);
            slopes.add(slope);
        }
    }
}
