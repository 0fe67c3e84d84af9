package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.engine.Scalars;
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
 *
 * @param trajectoryWeight factor of each token's trajectory loss
 */
record MiniBatchGradients(TrainableDecoder decoder, LearnerSettings settings, Pass pass, double trajectoryWeight) {
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
            ScoredTokens scored = decoder.score(packed, work.terms(), settings.logitsAtOnce());
            TokenScores scores = scored.scores();
            TokenBatch batch =
                    TokenBatches.of(sequences, tokenWeights, work.settings().samplingCorrectionCap(), owner);
            ObjectiveLoss loss = withTrajectory(work.objective().loss(batch, scores), scored);
            goBack(scored, loss.loss());
            sums.add(loss, scores.entropy(), packed.targets().size());
            scored.trajectory().ifPresent(sums::addTrajectory);
            if (pass.isAtTheWeights()) {
                work.meter().add(sequences, batch, scores);
            }
        }
    }

    private ObjectiveLoss withTrajectory(ObjectiveLoss loss, ScoredTokens scored) {
        return scored.trajectory()
                .map(trajectory -> loss.plus(Scalars.times(trajectory.sum(), trajectoryWeight)))
                .orElse(loss);
    }

    private void goBack(ScoredTokens scored, NDArray loss) {
        if (pass.hasGradients()) {
            scored.backward(loss);
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
                goBack(scored, loss.loss());
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
