package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** Going back through a graph. */
public final class Gradients {
    private Gradients() {}

    /** Adds the gradients of a scalar to those that the leaves of its graph have. */
    public static void accumulate(NDArray scalar) {
        try (NDArray one = scalar.getManager().ones(new Shape(), scalar.getDataType())) {
            JniUtils.backward((PtNDArray) scalar, (PtNDArray) one, false, false);
        }
    }
}
