package dev.freshet.model.divergence;

import static dev.freshet.model.engine.Scalars.atLeast;
import static dev.freshet.model.engine.Scalars.atMost;
import static dev.freshet.model.engine.Scalars.clip;
import static dev.freshet.model.engine.Scalars.filled;
import static dev.freshet.model.engine.Scalars.lt;
import static dev.freshet.model.engine.Scalars.minus;
import static dev.freshet.model.engine.Scalars.over;
import static dev.freshet.model.engine.Scalars.plus;
import static dev.freshet.model.engine.Scalars.times;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import java.util.function.UnaryOperator;

/**
 * Elementwise functions that keep their relative accuracy where the textbook formula cancels or overflows, and whose
 * gradients are never NaN where the function is finite.
 *
 * <p>A formula that is used on one side of a threshold only is also evaluated, by {@code where}, on the other side, and
 * a NaN gradient times {@code where}'s zero is NaN. Each formula that could overflow outside its side therefore sees
 * clipped input. {@code clip} is the right guard, and {@code maximum} is not: at the threshold itself the latter passes
 * half of the gradient.
 */
final class StableFunctions {
    static final double LN_2 = Math.log(2);

    /** Within, closed forms lose digits to cancellation; beyond, series need more terms. */
    private static final double SERIES_RADIUS = 0.125;

    /** At the radius, the first term left out is below a rounding of the sum: of double precision, of single. */
    private static final int EXPONENTIAL_TERMS = 9;

    private static final int EXPONENTIAL_TERMS_OF_SINGLE = 5;

    /** Likewise, and still at 0.13. */
    private static final int ARTANH_TERMS = 6;

    private static final int ARTANH_TERMS_OF_SINGLE = 3;

    private StableFunctions() {}

    /** e^x - 1. */
    static NDArray expm1(NDArray x) {
        NDArray half = over(clip(x, -1, 1), 2);
        NDArray near = times(half.exp().mul(half.sinh()), 2);
        return NDArrays.where(lt(x.abs(), 1), near, minus(x.exp(), 1));
    }

    /** ln(1 + x), -Infinity at -1. */
    static NDArray log1p(NDArray x) {
        NDArray near = log1pSeries(clip(x, -SERIES_RADIUS, SERIES_RADIUS));
        return NDArrays.where(lt(x.abs(), SERIES_RADIUS), near, plus(x, 1).log());
    }

    /** ln(1 + x) of |x| <= 0.13: 2 artanh z with z = x / (2 + x), which is 2 z (1 + z^2/3 + z^4/5 + ...). */
    private static NDArray log1pSeries(NDArray x) {
        NDArray z = x.div(plus(x, 2));
        NDArray squared = z.square();
        int last = terms(x, ARTANH_TERMS, ARTANH_TERMS_OF_SINGLE) - 1;
        NDArray series = filled(x, 1.0 / (2 * last + 1));
        for (int term = last - 1; term >= 0; term--) {
            series = plus(series.mul(squared), 1.0 / (2 * term + 1));
        }
        return times(z.mul(series), 2);
    }

    private static int terms(NDArray x, int ofDouble, int ofSingle) {
        return x.getDataType() == DataType.FLOAT64 ? ofDouble : ofSingle;
    }

    /** e^x - 1 - x, which is x^2 / 2 near zero: x^2/2 (1 + x/3 (1 + x/4 (1 + ...))). */
    static NDArray exponentialRemainder(NDArray x) {
        NDArray small = clip(x, -SERIES_RADIUS, SERIES_RADIUS);
        NDArray series = small.onesLike();
        for (int term = terms(x, EXPONENTIAL_TERMS, EXPONENTIAL_TERMS_OF_SINGLE) + 1; term > 2; term--) {
            series = plus(over(series.mul(small), term), 1);
        }
        NDArray near = over(small.square(), 2).mul(series);
        return NDArrays.where(lt(x.abs(), SERIES_RADIUS), near, expm1(x).sub(x));
    }

    /**
     * ln((1 + t) / 2) for t = e^x: the log ratio of the mixture (model + anchor) / 2 to the anchor, and softplus(x) -
     * ln 2. Within 1 of zero, where that difference would cancel, x/2 + ln cosh(x/2) with cosh(x/2) = 1 + 2 sinh^2(x/4).
     */
    static NDArray mixtureLogRatio(NDArray x) {
        NDArray small = clip(x, -1, 1);
        NDArray near =
                over(small, 2).add(log1pSeries(times(over(small, 4).sinh().square(), 2)));
        NDArray far = minus(Activation.relu(x).add(Activation.softPlus(x.abs().neg())), LN_2);
        return NDArrays.where(lt(x.abs(), 1), near, far);
    }

    /**
     * For functions of the log ratio whose one formula holds up as t vanishes and whose other is accurate about t = 1 and
     * beyond: {@code vanishing} where x < -1, {@code rest} elsewhere.
     */
    static NDArray split(NDArray x, UnaryOperator<NDArray> vanishing, UnaryOperator<NDArray> rest) {
        NDArray low = vanishing.apply(atMost(x, -1));
        NDArray high = rest.apply(atLeast(x, -1));
        return NDArrays.where(lt(x, -1), low, high);
    }

    /** {@code formula} of x inside a domain that contains 0, and {@code outsideValue} elsewhere. */
    static NDArray within(NDArray inside, NDArray x, UnaryOperator<NDArray> formula, double outsideValue) {
        NDArray harmless = NDArrays.where(inside, x, x.zerosLike());
        return NDArrays.where(inside, formula.apply(harmless), filled(x, outsideValue));
    }

    /**
     * The function of {@code x} that has this value and this slope: what autograd sees of a function solved for
     * numerically.
     */
    static NDArray withSlope(NDArray value, NDArray slope, NDArray x) {
        NDArray zero = x.sub(x.stopGradient());
        return value.stopGradient().add(slope.stopGradient().mul(zero));
    }
}
