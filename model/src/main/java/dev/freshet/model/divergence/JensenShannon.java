package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.LN_2;
import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.exponentialRemainder;
import static dev.freshet.model.divergence.StableFunctions.log1p;
import static dev.freshet.model.divergence.StableFunctions.mixtureLogRatio;
import static dev.freshet.model.divergence.StableFunctions.split;
import static dev.freshet.model.divergence.StableFunctions.within;
import static dev.freshet.model.engine.Scalars.atMost;
import static dev.freshet.model.engine.Scalars.lt;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * Jensen-Shannon divergence (KL(model || m) + KL(anchor || m)) / 2 with m = (model + anchor) / 2, at most ln 2 (Lin
 * 1991). f-GAN, f-DPG, FLAT, f-distill and the code of DPH-RL use twice this: {@link #onGanScale}.
 *
 * <pre>
 *   f(t) = (t ln t - (t + 1) ln((t + 1) / 2)) / 2    f'(t) = ln(2t / (t + 1)) / 2    t f'' = r / (1 + r) / 2
 *   f(0) = ln 2 / 2    f'(Infinity) = ln 2 / 2    f*(u) = -ln(2 - e^2u) / 2, u < ln 2 / 2
 * </pre>
 */
public record JensenShannon() implements SmoothDivergence {
    /** KL(model || m) + KL(anchor || m), at most 2 ln 2. */
    public static Scaled onGanScale() {
        return new Scaled(new JensenShannon(), 2);
    }

    @Override
    public NDArray value(NDArray logRatio) {
        NDArray toAnchor = mixtureLogRatio(logRatio); // ln m/anchor
        NDArray toModel = mixtureLogRatio(logRatio.neg()); // ln m/model
        return over(split(logRatio, l -> vanishing(l, toAnchor, toModel), l -> rest(l, toAnchor, toModel)), 2);
    }

    private static NDArray vanishing(NDArray logRatio, NDArray toAnchor, NDArray toModel) {
        return logRatio.exp().mul(toModel).add(toAnchor).neg();
    }

    /**
     * Forward KL's generator at m/anchor for KL(anchor || m), and t times that at m/model for KL(model || m): nothing
     * cancels. Where t vanishes, ln m/model is clipped lest the generator overflow; here it stays below 1.
     */
    private static NDArray rest(NDArray logRatio, NDArray toAnchor, NDArray toModel) {
        NDArray ofModel = exponentialRemainder(atMost(toModel, 1));
        return exponentialRemainder(toAnchor).add(logRatio.exp().mul(ofModel));
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return over(mixtureLogRatio(logRatio.neg()), -2);
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        NDArray twice = times(slope, 2);
        NDArray inside = lt(twice, LN_2);
        return within(inside, twice, u -> over(log1p(expm1(u).neg()), -2), Double.POSITIVE_INFINITY);
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return over(Activation.sigmoid(logInverseRatio), 2);
    }

    @Override
    public JensenShannon dual() {
        return this;
    }

    @Override
    public double valueAtZero() {
        return LN_2 / 2;
    }
}
