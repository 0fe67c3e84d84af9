package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.within;
import static dev.freshet.model.engine.Scalars.lte;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.plus;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;

/**
 * Neyman's chi-squared, the sum of (anchor - model)^2 / model (Neyman 1949). The most mass-covering of the family,
 * heavy where the model falls short of the anchor.
 *
 * <pre>
 *   f(t) = (t - 1)^2 / t    f'(t) = 1 - 1/t^2    t f'' = 2 r^2    f(0) = Infinity    f'(Infinity) = 1
 *   f*(u) = 2 - 2 sqrt(1 - u), u <= 1
 * </pre>
 */
public record NeymanChi2() implements SmoothDivergence {
    @Override
    public NDArray value(NDArray logRatio) {
        return times(over(logRatio, 2).sinh().square(), 4);
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return expm1(times(logRatio, -2)).neg();
    }

    /** t - 1/t, finite where f' has overflowed. */
    @Override
    public NDArray anchorCoefficient(NDArray logRatio) {
        return times(logRatio.sinh(), 2);
    }

    /** Written 2u / (1 + sqrt(1 - u)), which keeps small u. */
    @Override
    public NDArray conjugate(NDArray slope) {
        return within(
                lte(slope, 1), slope, u -> times(u, 2).div(plus(plus(u.neg(), 1).sqrt(), 1)), Double.POSITIVE_INFINITY);
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return times(times(logInverseRatio, 2).exp(), 2);
    }

    @Override
    public PearsonChi2 dual() {
        return new PearsonChi2();
    }

    @Override
    public double valueAtZero() {
        return Double.POSITIVE_INFINITY;
    }

    /** g(v) = 1 - e^-v. */
    @Override
    public NDArray activation(NDArray v) {
        return expm1(v.neg()).neg();
    }

    /** 2 - 2 e^(-v/2). */
    @Override
    public NDArray conjugateOfActivation(NDArray v) {
        return times(expm1(over(v, -2)), -2);
    }
}
