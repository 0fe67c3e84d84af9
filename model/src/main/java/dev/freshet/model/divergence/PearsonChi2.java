package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.engine.Scalars.atLeast;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;

/**
 * Pearson's chi-squared, the sum of (model - anchor)^2 / anchor (Pearson 1900). Mode-seeking, heavy where the model
 * exceeds the anchor.
 *
 * <pre>
 *   f(t) = (t - 1)^2    f'(t) = 2 (t - 1)    t f'' = 2 / r    f(0) = 1    f'(Infinity) = Infinity
 *   f*(u) = u + u^2 / 4 for u >= -2, else -1
 * </pre>
 */
public record PearsonChi2() implements SmoothDivergence {
    @Override
    public NDArray value(NDArray logRatio) {
        return expm1(logRatio).square();
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return times(expm1(logRatio), 2);
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        NDArray attained = atLeast(slope, -2);
        return attained.add(over(attained.square(), 4));
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return times(logInverseRatio.neg().exp(), 2);
    }

    @Override
    public NeymanChi2 dual() {
        return new NeymanChi2();
    }

    @Override
    public double valueAtZero() {
        return 1;
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
