package dev.freshet.model.learning;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.transformer.DecoderProgram;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Log-probs of completions that nothing is learnt from. */
final class CompletionScores {
    private CompletionScores() {}

    /**
     * Of each sequence, in their order; with grad mode off, or a graph is built for nobody.
     *
     * @param weights as the program's flavour wants them
     * @param tokenBudget positions, padding included, that are scored at once
     * @param owner of what is needed meanwhile
     */
    static List<LogProbs> of(
            List<TokenSequence> sequences, DecoderProgram program, NDList weights, int tokenBudget, NDManager owner) {
        LogProbs[] scores = new LogProbs[sequences.size()];
        for (MicroBatch microBatch :
                MicroBatches.cut(sequences, tokenBudget, program.config().width())) {
            float[] values = together(microBatch, sequences, program, weights, owner);
            int first = 0;
            for (int index : microBatch.sequences()) {
                int end = first + sequences.get(index).completion().size();
                scores[index] = LogProbs.of(Arrays.copyOfRange(values, first, end));
                first = end;
            }
        }
        return Stream.of(scores).toList();
    }

    private static float[] together(
            MicroBatch microBatch,
            List<TokenSequence> sequences,
            DecoderProgram program,
            NDList weights,
            NDManager owner) {
        try (NDManager scratch = owner.newSubManager()) {
            PackedSequences packed = PackedSequences.of(microBatch, sequences, scratch);
            NDList scores =
                    program.tokenScores(packed.rows(), packed.picks(), packed.targets(), packed.temperature(), weights);
            return scores.get(0).toFloatArray();
        }
    }
}
