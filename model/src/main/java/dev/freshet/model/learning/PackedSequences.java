package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.FewSizes;
import dev.freshet.model.rollout.Tokens;
import java.util.List;

/**
 * Sequences as the decoder's program takes them. Scored tokens stand in the order of the sequences, each sequence's in its own.
 *
 * @param ids (rows, positions) padded on the right with token 0, which no scored position ever sees
 * @param picks (tokens or a few more,) flat positions whose next token is scored, and then position 0 again, so that there are few
 *     sizes
 * @param targets (tokens,) the tokens scored
 */
record PackedSequences(NDArray ids, NDArray picks, NDArray targets) {
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
                scored++;
            }
        }
        return new PackedSequences(
                owner.create(ids, new Shape(sequences.size(), width)), owner.create(picks), owner.create(targets));
    }
}
