package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.objective.ObjectiveLoss;
import dev.freshet.model.objective.RehearsalLoss;
import dev.freshet.model.objective.RehearsalTokens;
import dev.freshet.model.objective.TokenBatch;
import dev.freshet.model.objective.TokenScores;
import dev.freshet.model.rollout.RehearsalSequence;
import java.util.List;

/**
 * Adds up a mini-batch's gradients, one micro-batch after another. None mixes rollouts with rehearsal: each kind has a loss of its
 * own, weighted over its own tokens.
 */
record MiniBatchGradients(TrainableDecoder decoder, LearnerSettings settings) {
    void accumulate(MiniBatch miniBatch, StepWork work, StepTally.MiniBatch sums) {
        accumulateRollouts(miniBatch.rollouts(), work, sums);
        accumulateRehearsal(miniBatch.rehearsal(), work, sums);
    }

    private void accumulateRollouts(List<TrainingSequence> rollouts, StepWork work, StepTally.MiniBatch sums) {
        List<TokenSequence> tokens =
                rollouts.stream().map(TrainingSequence::tokens).toList();
        double[] tokenWeights = work.objective().tokenWeights(lengths(tokens));
        for (MicroBatch microBatch : cut(tokens)) {
            learnFromRollouts(microBatch, rollouts, microBatch.of(tokenWeights), work, sums);
        }
    }

    private void learnFromRollouts(
            MicroBatch microBatch,
            List<TrainingSequence> rollouts,
            double[] tokenWeights,
            StepWork work,
            StepTally.MiniBatch sums) {
        List<TrainingSequence> sequences = microBatch.of(rollouts);
        try (NDManager owner = decoder.newBatchManager()) {
            PackedSequences packed = PackedSequences.of(
                    microBatch, rollouts.stream().map(TrainingSequence::tokens).toList(), owner);
            ScoredTokens scored = work.anchor()
                    .map(anchor -> decoder.score(packed, anchor, settings.logitsAtOnce()))
                    .orElseGet(() -> decoder.score(packed));
            TokenScores scores = scored.scores();
            TokenBatch batch =
                    TokenBatches.of(sequences, tokenWeights, work.settings().samplingCorrectionCap(), owner);
            ObjectiveLoss loss = work.objective().loss(batch, scores);
            scored.backward(loss.loss());
            sums.add(loss, scores.entropy(), packed.targets().size());
            work.meter().add(sequences, batch, scores);
        }
    }

    private void accumulateRehearsal(List<RehearsalSequence> rehearsal, StepWork work, StepTally.MiniBatch sums) {
        if (rehearsal.isEmpty()) {
            return;
        }
        List<TokenSequence> tokens = rehearsal.stream().map(TokenSequence::of).toList();
        double[] tokenWeights = work.objective().tokenWeights(lengths(tokens));
        for (MicroBatch microBatch : cut(tokens)) {
            try (NDManager owner = decoder.newBatchManager()) {
                PackedSequences packed = PackedSequences.of(microBatch, tokens, owner);
                ScoredTokens scored = decoder.score(packed);
                RehearsalTokens batch =
                        TokenBatches.ofRehearsal(microBatch.of(rehearsal), microBatch.of(tokenWeights), owner);
                RehearsalLoss loss = work.objective().rehearsalLoss(batch, scored.scores());
                scored.backward(loss.loss());
                sums.add(loss, packed.targets().size());
            }
        }
    }

    private List<MicroBatch> cut(List<TokenSequence> tokens) {
        return MicroBatches.cut(
                tokens, settings.microBatchTokens(), decoder.config().width());
    }

    private static int[] lengths(List<TokenSequence> sequences) {
        return sequences.stream()
                .mapToInt(sequence -> sequence.completion().size())
                .toArray();
    }
}
