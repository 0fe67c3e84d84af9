package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.objective.RehearsalTokens;
import dev.freshet.model.objective.Segments;
import dev.freshet.model.objective.TokenBatch;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.Rollout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Lays what is known of a micro-batch's tokens out as the objective wants it, in the order of {@link PackedSequences}. */
final class TokenBatches {
    private TokenBatches() {}

    /**
     * @param tokenWeights for each sequence the weight of each of its tokens
     * @param samplingCorrectionCap bound of behaviour over sampled, the probability before and after truncation; both have the
     *     generator's precision, whose difference from the learner's is in the ratio of policy over behaviour
     */
    static TokenBatch of(
            List<TrainingSequence> sequences, double[] tokenWeights, double samplingCorrectionCap, NDManager owner) {
        int[] lengths = sequences.stream()
                .mapToInt(sequence -> sequence.rollout().completion().size())
                .toArray();
        int tokens = IntStream.of(lengths).sum();
        float[] advantage = new float[tokens];
        float[] behaviour = new float[tokens];
        float[] proximal = new float[tokens];
        float[] correction = new float[tokens];
        float[] reference = new float[tokens];
        float[] weight = new float[tokens];
        boolean referenced = true;
        int start = 0;
        for (int i = 0; i < sequences.size(); i++) {
            TrainingSequence sequence = sequences.get(i);
            Rollout rollout = sequence.rollout();
            int end = start + rollout.completion().size();
            sequence.advantages().copyTo(advantage, start);
            Arrays.fill(weight, start, end, (float) tokenWeights[i]);
            rollout.behaviour().copyTo(behaviour, start);
            sequence.proximal().copyTo(proximal, start);
            for (int token = start; token < end; token++) {
                double logCorrection =
                        behaviour[token] - (double) rollout.sampled().get(token - start);
                correction[token] = (float) Math.min(Math.exp(logCorrection), samplingCorrectionCap);
            }
            LogProbs scored = sequence.reference();
            if (scored == null) {
                referenced = false;
            } else {
                scored.copyTo(reference, start);
            }
            start = end;
        }
        return new TokenBatch(
                OwnedArray.of(advantage, owner),
                OwnedArray.of(behaviour, owner),
                OwnedArray.of(proximal, owner),
                OwnedArray.of(correction, owner),
                referenced ? OwnedArray.of(reference, owner) : null,
                OwnedArray.of(weight, owner),
                Segments.of(lengths, owner));
    }

    /** The same of rehearsal sequences. */
    static RehearsalTokens ofRehearsal(List<RehearsalSequence> sequences, double[] tokenWeights, NDManager owner) {
        int tokens = sequences.stream()
                .mapToInt(sequence -> sequence.completion().size())
                .sum();
        float[] anchor = new float[tokens];
        float[] weight = new float[tokens];
        int start = 0;
        for (int i = 0; i < sequences.size(); i++) {
            LogProbs scored = sequences.get(i).anchor();
            scored.copyTo(anchor, start);
            Arrays.fill(weight, start, start + scored.size(), (float) tokenWeights[i]);
            start += scored.size();
        }
        return new RehearsalTokens(OwnedArray.of(anchor, owner), OwnedArray.of(weight, owner));
    }
}
