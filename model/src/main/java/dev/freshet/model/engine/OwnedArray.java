package dev.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Puts numbers into the engine's own memory, row by row; arrays belong to the manager. {@link NDManager#create(float[])} and its
 * like must not be used, nor {@link NDArray#copyTo} to fill one: what they make lies in a buffer of the JVM, which all together may
 * become as large as the heap may ({@code -Xmx}), and each stays between the tensors until garbage is collected: ADR 037. Here
 * each thread has one buffer that it uses again and again.
 */
public final class OwnedArray {
    /** Bytes; larger arrays, as of weights, are few, and have a buffer of their own. */
    private static final int LARGEST_KEPT = 16 << 20;

    private static final ThreadLocal<ByteBuffer> KEPT = ThreadLocal.withInitial(() -> allocated(0));

    private OwnedArray() {}

    /** Float32, of one dimension. */
    public static NDArray of(float[] values, NDManager owner) {
        return of(values, new Shape(values.length), owner);
    }

    /** Float32. */
    public static NDArray of(float[] values, Shape shape, NDManager owner) {
        ByteBuffer buffer = buffer(values.length, DataType.FLOAT32);
        buffer.asFloatBuffer().put(values);
        return copied(buffer, shape, DataType.FLOAT32, owner);
    }

    /** Float64, of one dimension. */
    public static NDArray of(double[] values, NDManager owner) {
        ByteBuffer buffer = buffer(values.length, DataType.FLOAT64);
        buffer.asDoubleBuffer().put(values);
        return copied(buffer, new Shape(values.length), DataType.FLOAT64, owner);
    }

    /** Int64, of one dimension. */
    public static NDArray of(long[] values, NDManager owner) {
        return of(values, new Shape(values.length), owner);
    }

    /** Int64. */
    public static NDArray of(long[] values, Shape shape, NDManager owner) {
        ByteBuffer buffer = buffer(values.length, DataType.INT64);
        buffer.asLongBuffer().put(values);
        return copied(buffer, shape, DataType.INT64, owner);
    }

    private static NDArray copied(ByteBuffer buffer, Shape shape, DataType type, NDManager owner) {
        try (NDArray view = owner.create(buffer, shape, type)) {
            return view.duplicate();
        }
    }

    /** Of this many values. */
    private static ByteBuffer buffer(int values, DataType type) {
        int bytes = Math.multiplyExact(values, type.getNumOfBytes());
        if (bytes > LARGEST_KEPT) {
            return allocated(bytes);
        }
        ByteBuffer kept = KEPT.get();
        if (kept.capacity() < bytes) {
            kept = allocated(Integer.highestOneBit(bytes - 1) << 1);
            KEPT.set(kept);
        }
        return kept.clear().limit(bytes);
    }

    private static ByteBuffer allocated(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
