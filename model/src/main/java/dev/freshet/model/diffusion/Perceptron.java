package dev.freshet.model.diffusion;

import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The shape of a multilayer perceptron: linear layers with SiLU between them.
 *
 * @param inputs at least 1
 * @param widths of the hidden layers, each at least 1
 * @param outputs at least 1
 */
public record Perceptron(int inputs, List<Integer> widths, int outputs) {
    public Perceptron {
        widths = List.copyOf(widths);
        if (inputs < 1 || outputs < 1 || !widths.stream().allMatch(width -> width >= 1)) {
            throw new IllegalArgumentException("the layers of a network must have at least 1 unit each, were " + inputs
                    + ", " + widths + ", " + outputs);
        }
    }

    /**
     * Random weights: matrices and biases uniform within 1 / sqrt(fan-in) of 0, layer by layer {@code layers.I.weight} (outputs, inputs)
     * and {@code layers.I.bias} (outputs).
     */
    public List<TensorData> initialise(Draws draws) {
        List<Integer> units = Stream.of(List.of(inputs), widths, List.of(outputs))
                .flatMap(List::stream)
                .toList();
        List<TensorData> tensors = new ArrayList<>();
        for (int layer = 0; layer + 1 < units.size(); layer++) {
            int from = units.get(layer);
            int to = units.get(layer + 1);
            double bound = 1 / Math.sqrt(from);
            String name = "layers." + layer;
            tensors.add(HostTensors.floats(
                    name + ".weight",
                    List.of((long) to, (long) from),
                    uniform(draws, Math.multiplyExact(to, from), bound)));
            tensors.add(HostTensors.floats(name + ".bias", List.of((long) to), uniform(draws, to, bound)));
        }
        return tensors;
    }

    private static float[] uniform(Draws draws, int count, double bound) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (bound * (2 * draws.uniform() - 1));
        }
        return values;
    }
}
