package dev.freshet.model.divergence;

import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;

/**
 * A divergence times a positive factor, for papers whose scale is not ours; how strongly to penalise is a coefficient's
 * business, not this one's. No paper scales total variation, which is not smooth and so has no such form.
 *
 * <pre>
 *   f(t) = c f1(t)    f*(u) = c f1*(u / c)    everything else is c times that of f1
 * </pre>
 *
 * @param divergence f1
 * @param factor c, finite and above 0
 */
public record Scaled(SmoothDivergence divergence, double factor) implements SmoothDivergence {
    public Scaled {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException(
                    "the factor of a scaled divergence must be finite and above 0, was " + factor);
        }
    }

    @Override
    public NDArray value(NDArray logRatio) {
        return scale(divergence.value(logRatio));
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return scale(divergence.derivative(logRatio));
    }

    /** Keeps f1's own care for t f' where f' overflows. */
    @Override
    public NDArray anchorCoefficient(NDArray logRatio) {
        return scale(divergence.anchorCoefficient(logRatio));
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        return scale(divergence.conjugate(over(slope, factor)));
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return scale(divergence.distillWeight(logInverseRatio));
    }

    @Override
    public Scaled dual() {
        return new Scaled(divergence.dual(), factor);
    }

    @Override
    public double valueAtZero() {
        return factor * divergence.valueAtZero();
    }

    @Override
    public double shift() {
        return factor * divergence.shift();
    }

    /** c g1(v). */
    @Override
    public NDArray activation(NDArray v) {
        return scale(divergence.activation(v));
    }

    @Override
    public NDArray conjugateOfActivation(NDArray v) {
        return scale(divergence.conjugateOfActivation(v));
    }

    private NDArray scale(NDArray array) {
        return times(array, factor);
    }
}
