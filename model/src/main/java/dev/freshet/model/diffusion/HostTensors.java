package dev.freshet.model.diffusion;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Named numbers in host memory, as checkpoints have them. */
public final class HostTensors {
    private HostTensors() {}

    /** Of single precision. */
    public static TensorData floats(String name, List<Long> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new TensorData(name, ElementType.F32, shape, bytes);
    }

    /** Of double precision, in one dimension. */
    public static TensorData doubles(String name, List<Double> values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.size() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putDouble);
        return new TensorData(name, ElementType.F64, List.of((long) values.size()), bytes.flip());
    }

    /** A copy of an array of single precision. */
    static TensorData copyOf(String name, NDArray array) {
        List<Long> shape = new ArrayList<>();
        for (long extent : array.getShape().getShape()) {
            shape.add(extent);
        }
        return floats(name, shape, array.toFloatArray());
    }

    /** @throws IllegalArgumentException if the tensor is not of single precision */
    static float[] floatsOf(TensorData tensor) {
        if (tensor.type() != ElementType.F32) {
            throw new IllegalArgumentException("tensor " + tensor.name() + " must be F32, was " + tensor.type());
        }
        float[] values = new float[tensor.bytes().remaining() / Float.BYTES];
        tensor.bytes().asFloatBuffer().get(values);
        return values;
    }

    /**
     * The numbers of a tensor of double precision.
     *
     * @throws IllegalArgumentException if there is none of that name, or it is of another type
     */
    public static List<Double> doublesOf(String name, List<TensorData> tensors) {
        TensorData tensor = tensors.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("state must have a tensor " + name + ", had none"));
        if (tensor.type() != ElementType.F64) {
            throw new IllegalArgumentException("tensor " + name + " must be F64, was " + tensor.type());
        }
        List<Double> values = new ArrayList<>();
        ByteBuffer bytes = tensor.bytes();
        while (bytes.hasRemaining()) {
            values.add(bytes.getDouble());
        }
        return values;
    }

    /** The tensors under a prefix, which their names then lack. */
    public static List<TensorData> below(String prefix, List<TensorData> tensors) {
        return tensors.stream()
                .filter(tensor -> tensor.name().startsWith(prefix))
                .map(tensor -> named(tensor.name().substring(prefix.length()), tensor))
                .toList();
    }

    /** The same tensors, with a prefix before their names. */
    public static List<TensorData> prefixed(String prefix, List<TensorData> tensors) {
        return tensors.stream()
                .map(tensor -> named(prefix + tensor.name(), tensor))
                .toList();
    }

    private static TensorData named(String name, TensorData tensor) {
        return new TensorData(name, tensor.type(), tensor.shape(), tensor.bytes());
    }
}
