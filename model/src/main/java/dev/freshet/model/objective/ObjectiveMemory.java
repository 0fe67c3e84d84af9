package dev.freshet.model.objective;

import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Numbers, by name, that an objective wants back at its next step: also after a resume, so they are part of a checkpoint, and of a
 * rollback to it. An objective leaves the numbers of others as they are. Immutable, and equal by value.
 */
public final class ObjectiveMemory {
    public static final ObjectiveMemory EMPTY = new ObjectiveMemory(Map.of());

    /** Keeps these tensors apart from those of the optimizer, beside which they stand in a checkpoint. */
    private static final String PREFIX = "objective.";

    /** By name, in the order of names. */
    private final Map<String, List<Double>> numbers;

    private ObjectiveMemory(Map<String, List<Double>> numbers) {
        this.numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
    }

    /** Empty if nothing of that name is remembered. */
    Optional<List<Double>> numbers(String name) {
        return Optional.ofNullable(numbers.get(name));
    }

    ObjectiveMemory with(Map<String, List<Double>> replacements) {
        Map<String, List<Double>> more = new HashMap<>(numbers);
        replacements.forEach((name, values) -> more.put(name, List.copyOf(values)));
        return new ObjectiveMemory(more);
    }

    /** One tensor of doubles a name, in the order of names; {@link #of} reads them back bit for bit. */
    public List<TensorData> toTensors() {
        return numbers.entrySet().stream()
                .map(entry -> tensor(PREFIX + entry.getKey(), entry.getValue()))
                .toList();
    }

    /**
     * @param tensors those of {@link #toTensors} among any others
     * @throws IllegalArgumentException if one of them is not a row of doubles
     */
    public static ObjectiveMemory of(List<TensorData> tensors) {
        Map<String, List<Double>> numbers = new HashMap<>();
        for (TensorData tensor : tensors) {
            if (tensor.name().startsWith(PREFIX)) {
                numbers.put(tensor.name().substring(PREFIX.length()), values(tensor));
            }
        }
        return numbers.isEmpty() ? EMPTY : new ObjectiveMemory(numbers);
    }

    private static TensorData tensor(String name, List<Double> values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.size() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putDouble);
        return new TensorData(name, ElementType.F64, List.of((long) values.size()), bytes.flip());
    }

    private static List<Double> values(TensorData tensor) {
        if (tensor.type() != ElementType.F64 || tensor.shape().size() != 1) {
            throw new IllegalArgumentException("tensor " + tensor.name() + " must be F64 and a row, was "
                    + tensor.type() + " of shape " + tensor.shape());
        }
        double[] values = new double[Math.toIntExact(tensor.shape().get(0))];
        tensor.bytes().asDoubleBuffer().get(values);
        return Arrays.stream(values).boxed().toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectiveMemory memory && numbers.equals(memory.numbers);
    }

    @Override
    public int hashCode() {
        return numbers.hashCode();
    }

    @Override
    public String toString() {
        return numbers.toString();
    }
}
