package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.withSlope;
import static dev.freshet.model.engine.Scalars.atLeast;
import static dev.freshet.model.engine.Scalars.gt;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.plus;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;

/**
 * Jeffreys' divergence KL(model || anchor) + KL(anchor || model) (Jeffreys 1946; f-distill, Xu et al. 2025, arXiv
 * 2502.15681). Covering, and the only one here that neither side may leave.
 *
 * <pre>
 *   f(t) = (t - 1) ln t    f'(t) = ln t + 1 - 1/t    t f'' = 1 + r    f(0) = Infinity    f'(Infinity) = Infinity
 *   f*(u) = w + 1/w + u - 2 with w + ln w = 1 - u
 * </pre>
 *
 * w is Lambert's W(e^(1-u)), and 1/w the t that attains the supremum.
 */
public record Jeffreys() implements SmoothDivergence {
    /**
     * Newton's method starts above the root of a convex increasing function, at most e away, and then doubles its
     * digits.
     */
    private static final int NEWTON_STEPS = 8;

    @Override
    public NDArray value(NDArray logRatio) {
        return logRatio.mul(expm1(logRatio));
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return logRatio.sub(expm1(logRatio.neg()));
    }

    /** t ln t + t - 1, finite where f' has overflowed. */
    @Override
    public NDArray anchorCoefficient(NDArray logRatio) {
        return logRatio.mul(logRatio.exp()).add(expm1(logRatio));
    }

    /** With z = ln w, w + 1/w - 2 is 4 sinh^2(z/2), which keeps small u. */
    @Override
    public NDArray conjugate(NDArray slope) {
        NDArray logW = logLambert(slope.stopGradient());
        NDArray supremum = slope.add(times(over(logW, 2).sinh().square(), 4));
        NDArray attainedAt = logW.neg().exp();
        return withSlope(supremum, attainedAt, slope);
    }

    /** z = ln w, where z + e^z = 1 - u. */
    private static NDArray logLambert(NDArray slope) {
        NDArray sum = plus(slope.neg(), 1);
        NDArray logOfSum = atLeast(sum, 1).log();
        NDArray z = NDArrays.where(gt(sum, 1), logOfSum, sum);
        for (int step = 0; step < NEWTON_STEPS; step++) {
            NDArray w = z.exp();
            z = z.sub(z.add(w).sub(sum).div(plus(w, 1)));
        }
        return z;
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return plus(logInverseRatio.exp(), 1);
    }

    @Override
    public Jeffreys dual() {
        return this;
    }

    @Override
    public double valueAtZero() {
        return Double.POSITIVE_INFINITY;
    }

    /** g(v) = v. */
    @Override
    public NDArray activation(NDArray v) {
        return v;
    }

    @Override
    public NDArray conjugateOfActivation(NDArray v) {
        return conjugate(v);
    }
}
