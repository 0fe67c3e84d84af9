package dev.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Puts numbers into the engine's own memory. An array that is created from Java, or filled by {@link NDArray#copyTo}, lies in a buffer
 * of the JVM for as long as it is open, and all such buffers together may become as large as the heap may ({@code -Xmx}). Weights
 * and moments would end there.
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
