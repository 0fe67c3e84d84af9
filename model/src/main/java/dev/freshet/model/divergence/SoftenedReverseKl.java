package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.LN_2;
import static dev.freshet.model.divergence.StableFunctions.exponentialRemainder;
import static dev.freshet.model.divergence.StableFunctions.mixtureLogRatio;
import static dev.freshet.model.engine.Scalars.atLeast;
import static dev.freshet.model.engine.Scalars.plus;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * Softened reverse KL, 2 KL(m || anchor) with m = (model + anchor) / 2 (f-distill, Xu et al. 2025, arXiv 2502.15681,
 * table 1). The most mode-seeking of the family, with a finite price for a mode given up.
 *
 * <pre>
 *   f(t) = (1 + t) ln((1 + t) / 2) - (t - 1)    f'(t) = ln((1 + t) / 2)    t f'' = 1 / (1 + r)
 *   f(0) = 1 - ln 2    f'(Infinity) = Infinity    f*(u) = 2 e^u - 2 - u for u >= -ln 2, else ln 2 - 1
 * </pre>
 *
 * The paper's generator lacks the centring term, so s = 1.
 */
public record SoftenedReverseKl() implements SmoothDivergence {
    /** With l = ln m/anchor, 1 + t times e^-l - 1 + l, which is {@link SoftenedForwardKl}'s with another l. */
    @Override
    public NDArray value(NDArray logRatio) {
        NDArray mixtureToAnchor = mixtureLogRatio(logRatio);
        return plus(logRatio.exp(), 1).mul(exponentialRemainder(mixtureToAnchor.neg()));
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return mixtureLogRatio(logRatio);
    }

    /** Written u + 2 (e^u - 1 - u), which keeps small u. */
    @Override
    public NDArray conjugate(NDArray slope) {
        NDArray attained = atLeast(slope, -LN_2);
        return attained.add(times(exponentialRemainder(attained), 2));
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return Activation.sigmoid(logInverseRatio.neg());
    }

    @Override
    public SoftenedForwardKl dual() {
        return new SoftenedForwardKl();
    }

    @Override
    public double valueAtZero() {
        return 1 - LN_2;
    }

    @Override
    public double shift() {
        return 1;
    }
}
