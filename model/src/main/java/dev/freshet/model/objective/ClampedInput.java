package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.engine.Scalars;

/**
 * A number at which a function is read within bounds: beyond them it has the slope that it has at the bound, so that no gradient is lost and
 * none explodes. Its value there is that at the bound, unless {@link #straight} goes on.
 *
 * @param value within the bounds; carries the whole gradient of what was given
 * @param excess by how much it was out of them; a constant
 */
record ClampedInput(NDArray value, NDArray excess) {
    /** @param low or negative infinity for none */
    static ClampedInput of(NDArray input, double low, double high) {
        NDArray fixed = input.stopGradient();
        NDArray clipped = Scalars.clip(fixed, low, high);
        return new ClampedInput(clipped.add(input.sub(fixed)), fixed.sub(clipped));
    }

    /** Where it was out of the bounds, as truth values. */
    NDArray beyond() {
        return Scalars.neq(excess, 0);
    }

    /**
     * A function's straight line beyond the bounds.
     *
     * @param read the function of {@link #value}, whose gradient it has
     * @param low slope of the function at the low bound, as high is at the other
     */
    NDArray straight(NDArray read, double low, double high) {
        return read.add(Scalars.times(Scalars.minimum(excess, 0), low))
                .add(Scalars.times(Scalars.maximum(excess, 0), high));
    }
}
