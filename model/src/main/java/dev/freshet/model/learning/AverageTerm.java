package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.objective.TrajectoryLoss;
import dev.freshet.model.transformer.DecoderProgram;

/**
 * MESA's trajectory loss, from what the average of the weights says of the same tokens; one forward pass more.
 *
 * @param average arguments of the program; they stay the caller's
 * @param temperature of the loss
 */
record AverageTerm(DecoderProgram program, NDList average, double temperature) implements VocabularyTerm {
    @Override
    public OfBatch of(PackedSequences batch) {
        NDArray hidden = program.hidden(batch.rows(), batch.picks(), average); // (picks, width)
        return (range, policy) -> {
            NDManager owner = policy.getManager();
            NDList scores = program.headScores(
                    range.ofPicks(hidden, owner),
                    range.ofTokens(batch.targets(), owner),
                    range.ofTemperature(batch.temperature(), owner),
                    average);
            return TrajectoryLoss.perToken(
                    TrajectoryLoss.softened(scores.get(2), temperature),
                    TrajectoryLoss.softened(policy, temperature),
                    temperature);
        };
    }
}
