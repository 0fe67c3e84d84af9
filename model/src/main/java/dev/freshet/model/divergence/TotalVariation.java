package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.within;
import static dev.freshet.model.engine.Scalars.atLeast;
import static dev.freshet.model.engine.Scalars.lte;
import static dev.freshet.model.engine.Scalars.over;

import ai.djl.ndarray.NDArray;

/**
 * Total variation distance, half the sum of |model - anchor|, at most 1 (f-DPG, Go et al. 2023, arXiv 2302.08215). Its
 * derivative knows the sign of the difference and not its size; it has no second derivative at t = 1 and none worth
 * weighting by elsewhere.
 *
 * <pre>
 *   f(t) = |t - 1| / 2    f'(t) = sign(t - 1) / 2    f(0) = 1/2    f'(Infinity) = 1/2    f*(u) = max(u, -1/2), u <= 1/2
 * </pre>
 */
public record TotalVariation() implements FDivergence {
    @Override
    public NDArray value(NDArray logRatio) {
        return over(expm1(logRatio).abs(), 2);
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return over(logRatio.sign(), 2);
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        return within(lte(slope, 0.5), slope, u -> atLeast(u, -0.5), Double.POSITIVE_INFINITY);
    }

    @Override
    public TotalVariation dual() {
        return this;
    }

    @Override
    public double valueAtZero() {
        return 0.5;
    }

    /** g(v) = tanh(v) / 2. */
    @Override
    public NDArray activation(NDArray v) {
        return over(v.tanh(), 2);
    }

    /** tanh(v) / 2: the conjugate is the identity on [-1/2, 1/2]. */
    @Override
    public NDArray conjugateOfActivation(NDArray v) {
        return activation(v);
    }

    /** x for every x, also where -f*(-x) is constant or infinite: this is what makes supervised fine-tuning an f-SFT. */
    @Override
    public NDArray phi(NDArray reward) {
        return reward;
    }
}
