package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.FewSizes;
import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences as the decoder's program takes them. Scored tokens stand in the order of the sequences, each sequence's in its own.
 *
 * @param ids (rows, positions) padded on the right with token 0, which no scored position ever sees
 * @param picks (tokens or a few more,) flat positions whose next token is scored, and then position 0 again, so that there are few
 *     sizes
 * @param targets (tokens,) the tokens scored
 * @param temperature scalar where all tokens have the same, else (picks, 1)
 */
record PackedSequences(NDArray ids, NDArray picks, NDArray targets, NDArray temperature) {
    static PackedSequences of(List<TokenSequence> sequences, NDManager owner) {
        int width = sequences.stream()
                .mapToInt(TokenSequence::positions)
                .max()
                .orElseThrow(() -> new IllegalArgumentException("a micro-batch must have at least one sequence"));
        int tokens = sequences.stream()
                .mapToInt(sequence -> sequence.completion().size())
                .sum();
        long[] ids = new long[Math.multiplyExact(sequences.size(), width)];
        long[] picks = new long[FewSizes.atLeast(tokens)];
        long[] targets = new long[tokens];
        float[] temperatures = new float[picks.length];
        Arrays.fill(temperatures, (float) sequences.get(0).temperature());
        int scored = 0;
        for (int row = 0; row < sequences.size(); row++) {
            Tokens prompt = sequences.get(row).prompt();
            Tokens completion = sequences.get(row).completion();
            int start = row * width;
            prompt.copyTo(ids, start);
            for (int i = 0; i < completion.size(); i++) {
                int predictor = start + prompt.size() - 1 + i;
                if (i + 1 < completion.size()) {
                    ids[predictor + 1] = completion.get(i);
                }
                picks[scored] = predictor;
                targets[scored] = completion.get(i);
                temperatures[scored] = (float) sequences.get(row).temperature();
                scored++;
            }
        }
        return new PackedSequences(
                owner.create(ids, new Shape(sequences.size(), width)),
                owner.create(picks),
                owner.create(targets),
                temperature(temperatures, owner));
    }

    private static NDArray temperature(float[] temperatures, NDManager owner) {
        for (float temperature : temperatures) {
            if (temperature != temperatures[0]) {
                return owner.create(temperatures, new Shape(temperatures.length, 1));
            }
        }
        return owner.create(temperatures[0]);
    }
}
