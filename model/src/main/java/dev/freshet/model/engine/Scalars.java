package dev.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/**
 * Factors that autograd may keep. {@code NDArray.mul(Number)} and {@code div(Number)} must not be used where a gradient
 * flows: DJL 0.36 wraps the number in a tensor over memory of a Java buffer and closes it on return, so that the tensor
 * which autograd has saved for the backward pass points to memory that the next garbage collection frees. The gradients
 * are then wrong, silently and now and then. {@code add}, {@code sub} and comparisons save no such tensor, and {@code
 * clip} leaves its bounds open until the manager closes.
 */
public final class Scalars {
    private Scalars() {}

    public static NDArray times(NDArray x, double factor) {
        return x.mul(owned(factor, x));
    }

    public static NDArray over(NDArray x, double divisor) {
        return x.div(owned(divisor, x));
    }

    /** An array like {@code x} filled with {@code value}. */
    public static NDArray filled(NDArray x, double value) {
        return x.zerosLike().add(constant(value, x));
    }

    /**
     * A summand or bound of {@code x}'s precision: a double one would turn a float array of no dimensions into a double
     * one.
     */
    public static Number constant(double value, NDArray x) {
        if (x.getDataType() == DataType.FLOAT64) {
            return value;
        }
        return (float) value;
    }

    /** A tensor of no dimensions whose memory is libtorch's own. */
    private static NDArray owned(double value, NDArray x) {
        try (NDArray borrowed = x.getManager().create(constant(value, x))) {
            return borrowed.duplicate();
        }
    }
}
