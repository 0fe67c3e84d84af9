package dev.freshet.model.divergence;

import static dev.freshet.model.divergence.StableFunctions.expm1;
import static dev.freshet.model.divergence.StableFunctions.exponentialRemainder;
import static dev.freshet.model.divergence.StableFunctions.log1p;
import static dev.freshet.model.divergence.StableFunctions.split;
import static dev.freshet.model.divergence.StableFunctions.within;
import static dev.freshet.model.engine.Scalars.lt;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;

/**
 * The alpha-divergence (sum of model^(1-a) anchor^a - 1) / (a (a - 1)), in the parameter of f-DPO (Wang et al. 2023,
 * arXiv 2309.16240) and DPH-RL (Li et al. 2025, arXiv 2509.07430): a to 0 is reverse KL, a to 1 is forward KL, a = 1/2
 * twice the squared Hellinger distance, a = -1 half of Pearson's and a = 2 half of Neyman's chi-squared. Amari's
 * parameter is 1 - a.
 *
 * <pre>
 *   f(t) = (t^(1-a) - (1 - a) t - a) / (a (a - 1))    f'(t) = (1 - t^-a) / a    t f'' = r^a
 *   f(0) = 1 / (1 - a) for a < 1, else Infinity    f'(Infinity) = 1/a for a > 0, else Infinity
 *   f*(u) = ((1 - a u)^((a-1)/a) - 1) / (1 - a) where a u < 1; else Infinity for a > 0, -f(0) for a < 0
 * </pre>
 *
 * @param alpha a, finite and neither 0 nor 1, also in single precision: {@link #of} gives the limits their own names
 */
public record Alpha(double alpha) implements SmoothDivergence {
    public Alpha {
        if (!Float.isFinite((float) alpha) || (float) alpha == 0 || alpha == 1) {
            throw new IllegalArgumentException(
                    "alpha must be finite and neither 0 (reverse-kl) nor 1 (forward-kl) in single precision, was "
                            + alpha);
        }
    }

    /** The alpha-divergence of any finite parameter, reverse KL at 0 and forward KL at 1. */
    public static SmoothDivergence of(double alpha) {
        if ((float) alpha == 0) {
            return new ReverseKl();
        }
        if (alpha == 1) {
            return new ForwardKl();
        }
        return new Alpha(alpha);
    }

    /** The alpha-divergence of Amari's parameter, which newer preference trainers use too. */
    public static SmoothDivergence fromAmari(double amari) {
        return of(1 - amari);
    }

    /**
     * By remainders R(x) = e^x - 1 - x, whose difference is well conditioned for a parameter of at least 1/2; below, as
     * t times the generator of 1 - a at 1/t.
     */
    @Override
    public NDArray value(NDArray logRatio) {
        if (alpha >= 0.5) {
            return remainders(alpha, logRatio);
        }
        return split(logRatio, this::vanishing, l -> l.exp().mul(remainders(1 - alpha, l.neg())));
    }

    /** (R(l) - R((1 - a) l) / (1 - a)) / a. */
    private static NDArray remainders(double alpha, NDArray logRatio) {
        NDArray scaled = times(logRatio, 1 - alpha);
        NDArray second = over(exponentialRemainder(scaled), 1 - alpha);
        return over(exponentialRemainder(logRatio).sub(second), alpha);
    }

    /** (t f' - (t - 1)) / (1 - a). */
    private NDArray vanishing(NDArray logRatio) {
        return over(anchorCoefficient(logRatio).sub(expm1(logRatio)), 1 - alpha);
    }

    @Override
    public NDArray derivative(NDArray logRatio) {
        return over(expm1(times(logRatio, -alpha)), -alpha);
    }

    /**
     * (t - t^(1-a)) / a, finite where f' has overflowed: the greater power is taken out, so that the other factor is
     * below 1.
     */
    @Override
    public NDArray anchorCoefficient(NDArray logRatio) {
        NDArray logPower = times(logRatio, 1 - alpha);
        NDArray greater = logRatio.maximum(logPower).exp();
        NDArray gap = times(logRatio, alpha); // ln t - ln t^(1-a)
        NDArray fraction = expm1(gap.abs().neg()).mul(gap.sign());
        return over(greater.mul(fraction), -alpha);
    }

    @Override
    public NDArray conjugate(NDArray slope) {
        NDArray inside = lt(times(slope, alpha), 1);
        double outside = alpha > 0 ? Double.POSITIVE_INFINITY : -valueAtZero();
        return within(inside, slope, this::supremum, outside);
    }

    private NDArray supremum(NDArray slope) {
        NDArray logBase = log1p(times(slope, -alpha));
        NDArray exponent = times(logBase, (alpha - 1) / alpha);
        return over(expm1(exponent), 1 - alpha);
    }

    @Override
    public NDArray distillWeight(NDArray logInverseRatio) {
        return times(logInverseRatio, alpha).exp();
    }

    @Override
    public SmoothDivergence dual() {
        return of(1 - alpha);
    }

    @Override
    public double valueAtZero() {
        return alpha < 1 ? 1 / (1 - alpha) : Double.POSITIVE_INFINITY;
    }
}
