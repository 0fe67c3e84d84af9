package dev.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Changes of precision that a gradient flows through. {@code NDArray.toType} must not be used for that: DJL 0.36 cuts the graph there.
 * libtorch's type promotion does not, nor does its addition in place.
 */
public final class Precision {
    private Precision() {}

    /** @param x of at least one dimension; itself if it is double already */
    public static NDArray widened(NDArray x) {
        return x.getDataType() == DataType.FLOAT64 ? x : x.add(x.getManager().zeros(new Shape(1), DataType.FLOAT64));
    }

    /** @param x itself if it is of the type already */
    public static NDArray as(DataType type, NDArray x) {
        return x.getDataType() == type
                ? x
                : x.getManager().zeros(x.getShape(), type).addi(x);
    }
}
