package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.within;
import static dev.freshet.model.engine.Scalars.lt;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.plus;

import ai.djl.ndarray.NDArray;

/**
 * Squared Hellinger distance, the sum of (sqrt model - sqrt anchor)^2, at most 2 (Hellinger 1909). f-distill's
 * generator is half of it, {@code Alpha(1/2)} is twice it.
 *
 * <pre>
 *   f(t) = (sqrt t - 1)^2    f'(t) = 1 - 1 / sqrt t    t f'' = sqrt r / 2    f(0) = 1    f'(Infinity) = 1
 *   f*(u) = u / (1 - u), u < 1
 * </pre>
 */
public record SquaredHellinger() implements SmoothDivergence {
    @Override
    public NDArray value(NDArray logRatio) {
        return expm1(over(logRatio, 2)).square();
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return expm1(over(logRatio, -2)).neg();
    }

    /** t - sqrt t, finite where f' has overflowed. */
    @Override
    public NDArray anchorCoefficient(NDArray logRatio) {
        NDArray half = over(logRatio, 2);
        return half.exp().mul(expm1(half));
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        return within(lt(slope, 1), slope, u -> u.div(plus(u.neg(), 1)), Double.POSITIVE_INFINITY);
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return over(over(logInverseRatio, 2).exp(), 2);
    }

    @Override
    public SquaredHellinger dual() {
        return this;
    }

    @Override
    public double valueAtZero() {
        return 1;
    }

    /** g(v) = 1 - e^-v. */
    @Override
    public NDArray activation(NDArray v) {
        return expm1(v.neg()).neg();
    }

    /** e^v - 1. */
    @Override
    public NDArray conjugateOfActivation(NDArray v) {
        return expm1(v);
    }
}
