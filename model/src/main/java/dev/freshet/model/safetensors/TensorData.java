package dev.freshet.model.safetensors;

import java.nio.ByteBuffer;
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
        long expected = type.bytes();
        for (long extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException("tensor " + name + " must have extents of at least 0, had " + shape);
            }
            expected = Math.multiplyExact(expected, extent);
        }
        if (bytes.remaining() != expected) {
            throw new IllegalArgumentException("tensor " + name + " of shape " + shape + " and type " + type
                    + " must have " + expected + " bytes, had " + bytes.remaining());
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
    }
}
