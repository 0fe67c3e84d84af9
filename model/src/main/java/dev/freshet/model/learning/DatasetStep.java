package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.learning.UpdateRule.Update;
import dev.freshet.model.objective.DatasetLoss;
import dev.freshet.model.objective.DatasetLoss.Measure;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.ExampleTokens;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step on examples of a dataset. The batch is cut, in its order, into mini-batches of one optimizer update each, and those into
 * micro-batches whose gradients add up; no cut parts the sequences of an example.
 */
record DatasetStep(
        TrainableDecoder decoder,
        Trajectory trajectory,
        LearnerSettings settings,
        DatasetObjective objective,
        StepSettings step,
        double learningRate,
        UpdateRule rule) {
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
                        tally.meanLoss(), tally.meanEntropy(), tally.meanGradientNorm(), measures(tally)),
                learningRate,
                tally.skippedCount(),
                seconds);
    }

    private Map<String, Double> measures(ExampleTally tally) {
        Map<String, Double> measures = new LinkedHashMap<>(tally.measures());
        measures.putAll(trajectory.measures());
        return measures;
    }

    private void learn(List<ScoredExample> miniBatch, ExampleTally tally) {
        double[] weights = objective.exampleWeights(examples(miniBatch));
        double constant = objective.needsBatchConstant() ? constant(miniBatch) : 0;
        ExampleTally.MiniBatch sums = new ExampleTally.MiniBatch();
        Update update = rule.apply(
                decoder,
                pass -> {
                    ExampleTally.MiniBatch ofPass = pass.isAtTheWeights() ? sums : new ExampleTally.MiniBatch();
                    accumulate(miniBatch, weights, constant, ofPass, pass);
                    return ofPass.loss();
                },
                learningRate,
                step.optimizer());
        if (update.isApplied()) {
            trajectory.updated();
            tally.applied(sums, update);
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
            List<ScoredExample> miniBatch, double[] weights, double constant, ExampleTally.MiniBatch sums, Pass pass) {
        WholeMiniBatch whole = WholeMiniBatch.of(examples(miniBatch));
        for (List<Integer> microBatch : MicroBatches.cutExamples(examples(miniBatch), settings.microBatchTokens())) {
            List<ScoredExample> chosen = microBatch.stream().map(miniBatch::get).toList();
            double[] ofChosen =
                    microBatch.stream().mapToDouble(index -> weights[index]).toArray();
            try (NDManager owner = decoder.newBatchManager()) {
                ExampleTokens batch = ExampleBatches.of(chosen, ofChosen, constant, owner);
                accumulate(batch, whole, owner, sums, pass);
            }
        }
    }

    private void accumulate(
            ExampleTokens batch, WholeMiniBatch whole, NDManager owner, ExampleTally.MiniBatch sums, Pass pass) {
        PackedSequences packed = PackedSequences.of(ExampleBatches.sequences(batch.examples()), owner);
        ScoredExamples scored = ScoredExamples.of(
                decoder,
                packed,
                objective.needsDistributions(),
                trajectory.ofExamples(batch.examples(), whole.epoch(), pass),
                settings.logitsAtOnce());
        DatasetLoss own = objective.loss(batch, scored.scores());
        DatasetLoss loss = scored.trajectory()
                .map(perToken -> own.plus(Scalars.times(perToken.sum(), trajectory.tokenWeight(whole.tokens())))
                        .and("trajectory_loss", Measure.mean(perToken)))
                .orElse(own);
        if (pass.hasGradients()) {
            scored.backward(loss.loss());
        }
        sums.add(loss, scored.scores().entropy());
    }

    /**
     * What holds of a mini-batch, however it is cut.
     *
     * @param tokens of all completions
     * @param epoch of the example that comes first in the stream
     */
    private record WholeMiniBatch(long tokens, long epoch) {
        static WholeMiniBatch of(List<TokenisedExample> examples) {
            return new WholeMiniBatch(
                    examples.stream()
                            .mapToLong(TokenisedExample::completionTokens)
                            .sum(),
                    examples.get(0).admitted().epoch());
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
