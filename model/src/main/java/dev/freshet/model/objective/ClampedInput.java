package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;

/**
 * A number at which a function is read within bounds: beyond them the function goes on as a straight line, with the slope that it has at
 * the bound, so that no gradient is lost and none explodes.
 *
 * @param value within the bounds; carries the whole gradient of what was given
 * @param beyond where it was out of them, as truth values
 */
record ClampedInput(NDArray value, NDArray beyond) {
    /** @param low or negative infinity for none */
    static ClampedInput of(NDArray input, double low, double high) {
        NDArray fixed = input.stopGradient();
        NDArray clipped = fixed.clip(low, high);
        return new ClampedInput(clipped.add(input.sub(fixed)), fixed.neq(clipped));
    }
}
