package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.exponentialRemainder;
import static dev.freshet.model.divergence.StableFunctions.split;
import static dev.freshet.model.engine.Scalars.minus;

import ai.djl.ndarray.NDArray;

/**
 * Reverse Kullback-Leibler divergence KL(model || anchor), the usual KL penalty of RLHF and the "RKL" of f-DPG (Go et
 * al. 2023, arXiv 2302.08215). Mode-seeking and zero-forcing. FLAT calls this generator "KL".
 *
 * <pre>
 *   f(t) = t ln t - t + 1    f'(t) = ln t    t f'' = 1    f(0) = 1    f'(Infinity) = Infinity    f*(u) = e^u - 1
 * </pre>
 *
 * Papers print t ln t, so s = 1.
 */
public record ReverseKl() implements SmoothDivergence {
    @Override
    public NDArray value(NDArray logRatio) {
        return split(
                logRatio,
                l -> l.mul(l.exp()).sub(expm1(l)),
                l -> l.exp().mul(exponentialRemainder(l.neg()))); // t f°(1/t)
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return logRatio;
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        return expm1(slope);
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return logInverseRatio.onesLike();
    }

    @Override
    public ForwardKl dual() {
        return new ForwardKl();
    }

    @Override
    public double valueAtZero() {
        return 1;
    }

    @Override
    public double shift() {
        return 1;
    }

    /** g(v) = v. */
    @Override
    public NDArray activation(NDArray v) {
        return v;
    }

    /** e^(v - 1). */
    @Override
    public NDArray conjugateOfActivation(NDArray v) {
        return minus(v, 1).exp();
    }
}
