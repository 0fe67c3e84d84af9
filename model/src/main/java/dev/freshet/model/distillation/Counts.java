package dev.freshet.model.distillation;

import dev.freshet.model.diffusion.HostTensors;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/**
 * How far distillation has come in what it draws: with it a resumed run draws on.
 *
 * @param draws of random numbers for updates
 * @param examples of the data that the discriminator has seen
 * @param criticUpdates tried
 */
record Counts(long draws, long examples, long criticUpdates) {
    static final Counts NONE = new Counts(0, 0, 0);

    private static final String NAME = "counts";

    /** Before the first update, if there are no tensors. */
    static Counts of(List<TensorData> optimizer) {
        if (optimizer.isEmpty()) {
            return NONE;
        }
        List<Double> counts = HostTensors.doublesOf(NAME, optimizer);
        if (counts.size() != 3) {
            throw new IllegalArgumentException("tensor " + NAME + " must have 3 numbers, had " + counts.size());
        }
        return new Counts(
                counts.get(0).longValue(), counts.get(1).longValue(), counts.get(2).longValue());
    }

    Counts afterCriticUpdate(int batch) {
        return new Counts(draws + 1, examples + batch, criticUpdates + 1);
    }

    Counts afterStudentUpdate() {
        return new Counts(draws + 1, examples, criticUpdates);
    }

    TensorData toTensor() {
        return HostTensors.doubles(NAME, List.of((double) draws, (double) examples, (double) criticUpdates));
    }
}
