package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.LN_2;
import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.exponentialRemainder;
import static dev.freshet.model.divergence.StableFunctions.log1p;
import static dev.freshet.model.divergence.StableFunctions.mixtureLogRatio;
import static dev.freshet.model.divergence.StableFunctions.split;
import static dev.freshet.model.divergence.StableFunctions.withSlope;
import static dev.freshet.model.divergence.StableFunctions.within;
import static dev.freshet.model.engine.Scalars.atLeast;
import static dev.freshet.model.engine.Scalars.lte;
import static dev.freshet.model.engine.Scalars.minus;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.plus;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * Softened forward KL, 2 KL(m || model) with m = (model + anchor) / 2: the dual of {@link SoftenedReverseKl},
 * mass-covering. No paper uses it; it completes the family under {@link #dual}.
 *
 * <pre>
 *   f(t) = (1 + t) ln((1 + t) / 2t) + t - 1    f'(t) = ln((1 + t) / 2t) + 1 - 1/t    t f'' = r^2 / (1 + r)
 *   f(0) = Infinity    f'(Infinity) = 1 - ln 2
 *   f*(u) = -ln((1 + r) / 2) with r - ln(1 + r) = 1 - ln 2 - u, u <= 1 - ln 2
 * </pre>
 *
 * 1/r is the t that attains the supremum. The dual's s, negated, is s = -1.
 */
public record SoftenedForwardKl() implements SmoothDivergence {
    /**
     * Newton's method starts above the root of a convex function, close at both ends, and doubles its digits with each
     * step.
     */
    private static final int NEWTON_STEPS = 8;

    /** Stands for 0 at the end of the conjugate's domain, where t is infinite; too small to show in f*. */
    private static final double SMALLEST_GAP = 1e-30;

    /** With l = ln m/model, 1 + t times e^-l - 1 + l: nothing cancels at t = 1, nothing overflows as t vanishes. */
    @Override
    public NDArray value(NDArray logRatio) {
        NDArray mixtureToModel = mixtureLogRatio(logRatio.neg());
        return plus(logRatio.exp(), 1).mul(exponentialRemainder(mixtureToModel.neg()));
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        NDArray logInverseRatio = logRatio.neg();
        return mixtureLogRatio(logInverseRatio).sub(expm1(logInverseRatio));
    }

    /** As t vanishes, (t - 1) + t ln((1 + t) / 2t): finite where f' has overflowed. */
    @Override
    public NDArray anchorCoefficient(NDArray logRatio) {
        return split(
                logRatio,
                l -> expm1(l).add(l.exp().mul(mixtureLogRatio(l.neg()))),
                l -> l.exp().mul(derivative(l)));
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        NDArray inside = lte(slope, 1 - LN_2);
        return within(inside, slope, SoftenedForwardKl::supremum, Double.POSITIVE_INFINITY);
    }

    private static NDArray supremum(NDArray slope) {
        NDArray r = attainingInverseRatio(slope.stopGradient());
        NDArray supremum = log1p(over(minus(r, 1), 2)).neg();
        NDArray attainedAt = r.onesLike().div(r);
        return withSlope(supremum, attainedAt, slope);
    }

    private static NDArray attainingInverseRatio(NDArray slope) {
        NDArray gap = atLeast(plus(slope.neg(), 1 - LN_2), SMALLEST_GAP);
        NDArray r = gap.add(times(gap, 2).sqrt());
        for (int step = 0; step < NEWTON_STEPS; step++) {
            NDArray excess = r.sub(log1p(r)).sub(gap);
            r = r.sub(excess.mul(plus(r, 1)).div(r));
        }
        return r;
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return logInverseRatio.exp().mul(Activation.sigmoid(logInverseRatio));
    }

    @Override
    public SoftenedReverseKl dual() {
        return new SoftenedReverseKl();
    }

    @Override
    public double valueAtZero() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public double shift() {
        return -1;
    }
}
