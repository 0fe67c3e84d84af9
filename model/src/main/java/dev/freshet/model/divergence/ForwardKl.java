package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.exponentialRemainder;
import static dev.freshet.model.divergence.StableFunctions.log1p;
import static dev.freshet.model.divergence.StableFunctions.within;
import static dev.freshet.model.engine.Scalars.lt;

import ai.djl.ndarray.NDArray;

/**
 * Forward Kullback-Leibler divergence KL(anchor || model), the "KL" of f-DPG (Go et al. 2023, arXiv 2302.08215) and the
 * rehearsal loss DPH-F of DPH-RL (Li et al. 2025, arXiv 2509.07430). Mass-covering. FLAT calls this generator
 * "Reverse-KL".
 *
 * <pre>
 *   f(t) = -ln t + t - 1    f'(t) = 1 - 1/t    t f'' = r    f(0) = Infinity    f'(Infinity) = 1    f*(u) = -ln(1 - u), u < 1
 * </pre>
 *
 * Papers print -ln t, so s = -1.
 */
public record ForwardKl() implements SmoothDivergence {
    @Override
    public NDArray value(NDArray logRatio) {
        return exponentialRemainder(logRatio);
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return expm1(logRatio.neg()).neg();
    }

    /** t - 1, finite where f' has overflowed. */
    @Override
    public NDArray anchorCoefficient(NDArray logRatio) {
        return expm1(logRatio);
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        return within(lt(slope, 1), slope, u -> log1p(u.neg()).neg(), Double.POSITIVE_INFINITY);
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return logInverseRatio.exp();
    }

    @Override
    public ReverseKl dual() {
        return new ReverseKl();
    }

    @Override
    public double valueAtZero() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public double shift() {
        return -1;
    }

    /** g(v) = -e^-v. */
    @Override
    public NDArray activation(NDArray v) {
        return v.neg().exp().neg();
    }
}
