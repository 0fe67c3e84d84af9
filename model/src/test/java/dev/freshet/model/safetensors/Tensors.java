package dev.freshet.model.safetensors;

import dev.freshet.model.safetensors.TensorData.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Small tensors for tests. */
public final class Tensors {
    private Tensors() {}

    public static TensorData floats(String name, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return new TensorData(name, ElementType.F32, List.of((long) values.length), bytes.flip());
    }

    public static TensorData random(String name, ElementType type, Random random, long... shape) {
        List<Long> extents = Arrays.stream(shape).boxed().toList();
        byte[] bytes = new byte[Math.toIntExact(type.bytesOf(extents))];
        random.nextBytes(bytes);
        return new TensorData(name, type, extents, ByteBuffer.wrap(bytes));
    }
}
