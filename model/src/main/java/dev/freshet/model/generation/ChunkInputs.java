package dev.freshet.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.transformer.DecoderProgram.DecodeChunk;
import java.util.List;

/** Lays out where each row stands, its temperature and the uniforms it draws with, as the program's chunk of decoding takes them. */
final class ChunkInputs {
    private ChunkInputs() {}

    /**
     * @param rows in use, in the order of their cache rows
     * @param steps that the chunk may take
     * @param owner of the arrays
     */
    static DecodeChunk of(
            List<RolloutInProgress> rows, int steps, long seed, SamplingSettings sampling, NDManager owner) {
        int n = rows.size();
        long[] tokens = new long[n];
        long[] positions = new long[n];
        long[] last = new long[n];
        float[] temperatures = new float[n];
        float[] uniforms = new float[n * steps];
        int longest = 0;
        for (int row = 0; row < n; row++) {
            RolloutInProgress rollout = rows.get(row);
            tokens[row] = rollout.newestToken();
            positions[row] = rollout.position();
            last[row] = rollout.lastPosition();
            temperatures[row] = (float) rollout.group().temperature();
            longest = Math.max(longest, rollout.position());
            long number = rollout.group().rolloutNumber(rollout.index());
            for (int step = 0; step < steps; step++) {
                uniforms[row * steps + step] = CounterRandom.uniform(seed, number, rollout.length() + step);
            }
        }
        return new DecodeChunk(
                OwnedArray.of(tokens, owner),
                OwnedArray.of(positions, owner),
                OwnedArray.of(last, owner),
                OwnedArray.of(uniforms, new Shape(n, steps), owner),
                longest,
                temperature(temperatures, owner),
                sampling.topK(),
                sampling.topP());
    }

    /** (1, 1) where all rows have the same, which costs less, else (rows, 1). */
    private static NDArray temperature(float[] temperatures, NDManager owner) {
        for (float temperature : temperatures) {
            if (temperature != temperatures[0]) {
                return OwnedArray.of(temperatures, new Shape(temperatures.length, 1), owner);
            }
        }
        return owner.full(new Shape(1, 1), temperatures[0]);
    }
}
