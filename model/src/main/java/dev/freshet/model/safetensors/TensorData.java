package dev.freshet.model.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A named tensor's bytes, row-major and little-endian.
 *
 * @param shape extent of each dimension; empty for a scalar
 * @param bytes the values, from position to limit; views share content, so a reader must not write
 */
public record TensorData(String name, ElementType type, List<Long> shape, ByteBuffer bytes) {
    public TensorData {
        shape = List.copyOf(shape);
        bytes = littleEndianView(bytes);
        long expected = expectedBytes(name, type, shape);
        if (bytes.remaining() != expected) {
            throw new IllegalArgumentException("tensor " + name + " of shape " + shape + " and type " + type
                    + " must have " + expected + " bytes, had " + bytes.remaining());
        }
    }

    /** A little-endian view of its own, so that one reader's position is not another's. */
    @Override
    public ByteBuffer bytes() {
        return littleEndianView(bytes);
    }

    private static ByteBuffer littleEndianView(ByteBuffer bytes) {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long expectedBytes(String name, ElementType type, List<Long> shape) {
        try {
            return type.bytesOf(shape);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("tensor " + name + ": " + e.getMessage(), e);
        }
    }

    /** The element types that checkpoints use; names as in the safetensors format. */
    public enum ElementType {
        F64(8),
        F32(4),
        F16(2),
        BF16(2),
        I64(8),
        I32(4),
        U8(1),
        BOOL(1);

        private final int bytes;

        ElementType(int bytes) {
            this.bytes = bytes;
        }

        public int bytes() {
            return bytes;
        }

        /**
         * The size in bytes of a tensor of this type.
         *
         * @throws IllegalArgumentException when an extent is negative or the product leaves the range of {@code long}
         */
        public long bytesOf(List<Long> shape) {
            long total = bytes;
            for (long extent : shape) {
                if (extent < 0) {
                    throw new IllegalArgumentException("extents must be at least 0, shape was " + shape);
                }
                if (Math.multiplyHigh(total, extent) != 0 || total * extent < 0) {
                    throw new IllegalArgumentException("size must fit in 63 bits, shape was " + shape + " of " + this);
                }
                total *= extent;
            }
            return total;
        }
    }
}
