package dev.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Arithmetic with one number, of the array's own precision and in libtorch's own memory. {@link NDArray}'s methods that take a
 * {@code Number} must not be used: DJL 0.36 wraps it in a tensor over a Java buffer. Where autograd saves that tensor, as of a factor,
 * it points to memory that the next garbage collection frees, and gradients are wrong, silently and now and then. Everywhere else
 * the buffer lies between the tensors until that collection: ADR 037.
 */
public final class Scalars {
    private Scalars() {}

    public static NDArray times(NDArray x, double factor) {
        try (NDArray number = owned(factor, x)) {
            return x.mul(number);
        }
    }

    public static NDArray over(NDArray x, double divisor) {
        try (NDArray number = owned(divisor, x)) {
            return x.div(number);
        }
    }

    public static NDArray plus(NDArray x, double summand) {
        try (NDArray number = owned(summand, x)) {
            return x.add(number);
        }
    }

    public static NDArray minus(NDArray x, double subtrahend) {
        return plus(x, -subtrahend);
    }

    public static NDArray gt(NDArray x, double bound) {
        try (NDArray number = owned(bound, x)) {
            return x.gt(number);
        }
    }

    public static NDArray lt(NDArray x, double bound) {
        try (NDArray number = owned(bound, x)) {
            return x.lt(number);
        }
    }

    public static NDArray lte(NDArray x, double bound) {
        try (NDArray number = owned(bound, x)) {
            return x.lte(number);
        }
    }

    public static NDArray neq(NDArray x, double other) {
        try (NDArray number = owned(other, x)) {
            return x.neq(number);
        }
    }

    /** Where both are equal, each has half of the gradient. */
    public static NDArray minimum(NDArray x, double other) {
        try (NDArray number = owned(other, x)) {
            return x.minimum(number);
        }
    }

    /** As {@link #minimum}. */
    public static NDArray maximum(NDArray x, double other) {
        try (NDArray number = owned(other, x)) {
            return x.maximum(number);
        }
    }

    /**
     * The bounds are inside: there, the gradient is 1. NaN stays NaN. On a hundred thousand numbers it takes fifteen times as long as
     * under {@link NoGradient}.
     */
    public static NDArray clip(NDArray x, double low, double high) {
        try (NDArray raised = atLeast(x, low)) {
            return atMost(raised, high);
        }
    }

    /** {@link #clip} without a bound above. */
    public static NDArray atLeast(NDArray x, double low) {
        if (NoGradient.isIn()) {
            return maximum(x, low);
        }
        try (NDArray number = owned(low, x);
                NDArray isBelow = x.lt(number)) {
            return where(isBelow, number, x);
        }
    }

    /** {@link #clip} without a bound below. */
    public static NDArray atMost(NDArray x, double high) {
        if (NoGradient.isIn()) {
            return minimum(x, high);
        }
        try (NDArray number = owned(high, x);
                NDArray isAbove = x.gt(number)) {
            return where(isAbove, number, x);
        }
    }

    /** An array like {@code x} filled with {@code value}. */
    public static NDArray filled(NDArray x, double value) {
        return full(x.getShape(), value, x);
    }

    private static NDArray where(NDArray condition, NDArray number, NDArray x) {
        // NDArrays.where refuses one number for all places.
        return JniUtils.where((PtNDArray) condition, (PtNDArray) number, (PtNDArray) x);
    }

    private static NDArray owned(double value, NDArray x) {
        return full(new Shape(), value, x);
    }

    private static NDArray full(Shape shape, double value, NDArray x) {
        // NDManager.full would cut a double's digits off, and libtorch refuses a finite number too large for the type.
        double ofItsType = x.getDataType() == DataType.FLOAT64 ? value : (float) value;
        return JniUtils.full(
                (PtNDManager) x.getManager(), shape, ofItsType, x.getDataType(), x.getDevice(), SparseFormat.DENSE);
    }
}
