package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.objective.DatasetLoss;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.ExampleScores;
import dev.freshet.model.objective.ExampleTokens;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One training step on examples of a dataset. The batch is cut, in its order, into mini-batches of one optimizer update each, and those into
 * micro-batches whose gradients add up; no cut parts the sequences of an example.
 */
record DatasetStep(
        TrainableDecoder decoder,
        LearnerSettings settings,
        DatasetObjective objective,
        StepSettings step,
        double learningRate) {
    /** @throws IllegalArgumentException if the objective or the decoder cannot take the batch; nothing has been learnt then */
    void requireTakes(DatasetBatch batch) {
        if (batch.kind() != objective.feedsOn()) {
            throw new IllegalArgumentException("objective " + objective.name() + " learns from "
                    + objective.feedsOn().label() + ", the batch has "
                    + batch.kind().label()
                    + " (freshet.objective, freshet.dataset.path)");
        }
        if (objective.needsReference() && !batch.hasReference()) {
            throw new IllegalArgumentException("objective " + objective.name()
                    + " needs reference log-probs, the batch has none (freshet.reference, freshet.objective)");
        }
        ExampleBatches.sequences(examples(batch.examples()))
                .forEach(sequence -> sequence.requireFits(decoder.config()));
    }

    ExampleTally take(DatasetBatch batch) {
        ExampleTally tally = new ExampleTally();
        for (List<ScoredExample> miniBatch : parts(batch.examples(), step.miniBatches())) {
            learn(miniBatch, tally);
        }
        return tally;
    }

    StepReport report(DatasetBatch batch, PolicyVersion made, ExampleTally tally, double seconds) {
        return StepReport.ofDataset(
                made,
                objective.name(),
                objective.divergenceInUse(),
                objective.regularisation().coefficient(),
                batch,
                new StepReport.DatasetMeans(
                        tally.meanLoss(), tally.meanEntropy(), tally.meanGradientNorm(), tally.measures()),
                learningRate,
                tally.skippedCount(),
                seconds);
    }

    private void learn(List<ScoredExample> miniBatch, ExampleTally tally) {
        double[] weights = objective.exampleWeights(examples(miniBatch));
        double constant = objective.needsBatchConstant() ? constant(miniBatch) : 0;
        ExampleTally.MiniBatch sums = new ExampleTally.MiniBatch();
        OptionalDouble norm = GuardedUpdate.apply(decoder, learningRate, step.optimizer(), () -> {
            accumulate(miniBatch, weights, constant, sums);
            return sums.isFinite();
        });
        if (norm.isPresent()) {
            tally.applied(sums, norm.getAsDouble());
        } else {
            tally.skipped();
        }
    }

    private double constant(List<ScoredExample> miniBatch) {
        List<LogProbs> scores =
                decoder.logProbs(ExampleBatches.sequences(examples(miniBatch)), settings.microBatchTokens());
        int each = objective.feedsOn().sequences();
        List<List<LogProbs>> policy = new ArrayList<>();
        for (int first = 0; first < scores.size(); first += each) {
            policy.add(scores.subList(first, first + each));
        }
        try (NDManager owner = decoder.newBatchManager()) {
            return objective.batchConstant(miniBatch, policy, owner);
        }
    }

    private void accumulate(
            List<ScoredExample> miniBatch, double[] weights, double constant, ExampleTally.MiniBatch sums) {
        for (List<Integer> microBatch : MicroBatches.cutExamples(examples(miniBatch), settings.microBatchTokens())) {
            List<ScoredExample> chosen = microBatch.stream().map(miniBatch::get).toList();
            double[] ofChosen =
                    microBatch.stream().mapToDouble(index -> weights[index]).toArray();
            accumulateMicroBatch(chosen, ofChosen, constant, sums);
        }
    }

    private void accumulateMicroBatch(
            List<ScoredExample> examples, double[] weights, double constant, ExampleTally.MiniBatch sums) {
        try (NDManager owner = decoder.newBatchManager()) {
            PackedSequences packed = PackedSequences.of(ExampleBatches.sequences(examples(examples)), owner);
            ExampleScores scores = decoder.scoreExamples(packed, objective.needsDistributions());
            ExampleTokens batch = ExampleBatches.of(examples, weights, constant, owner);
            DatasetLoss loss = objective.loss(batch, scores);
            Gradients.accumulate(loss.loss());
            sums.add(loss, scores.entropy());
        }
    }

    private static List<TokenisedExample> examples(List<ScoredExample> scored) {
        return scored.stream().map(ScoredExample::example).toList();
    }

    /** Consecutive parts whose sizes differ by at most one; fewer than asked for if there are fewer examples. */
    private static List<List<ScoredExample>> parts(List<ScoredExample> examples, int count) {
        int parts = Math.min(count, examples.size());
        List<List<ScoredExample>> cut = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) examples.size() * part / parts);
            int to = (int) ((long) examples.size() * (part + 1) / parts);
            cut.add(examples.subList(from, to));
        }
        return cut;
    }
}
