package dev.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Arrays that stay, in the engine's own memory. What is created from Java lies in a buffer of the JVM for as long as the array is open,
 * and so does what {@link NDArray#copyTo} has filled: that memory ends where the heap's limit is, and is aligned for Java only.
 */
public final class OwnedArray {
    private OwnedArray() {}

    /** A float32 array of these values, row by row; it belongs to the manager. */
    public static NDArray of(float[] values, Shape shape, NDManager owner) {
        try (NDArray fromHost = owner.create(values, shape)) {
            return fromHost.duplicate();
        }
    }
}
