package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.TokenBatch;
import dev.freshet.model.objective.TokenScores;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.List;
import java.util.Optional;

/** Measures one step for its {@link StepMonitor}, from log-probs that the step has anyway; changes nothing of the step. */
final class StepMeter {
    private static final double NANOS_PER_SECOND = 1e9;

    private final StepMonitor monitor;
    private final PolicyObjective objective;
    private final Distribution.Tally ratios = new Distribution.Tally(StepMeasures.RATIOS);
    private final Optional<DivergenceMonitor> divergences;
    private long nanos;

    /** @param version that the step will make */
    StepMeter(StepMonitor monitor, PolicyObjective objective, PolicyVersion version) {
        this.monitor = monitor;
        this.objective = objective;
        this.divergences = monitor.settings().isDueAt(version)
                ? Optional.of(new DivergenceMonitor(monitor.settings(), objective.regularisation()))
                : Optional.empty();
    }

    /** Takes one micro-batch, in the order of {@link PackedSequences}. */
    void add(List<TrainingSequence> sequences, TokenBatch batch, TokenScores scores) {
        if (!monitor.isSomebody()) {
            return;
        }
        long start = System.nanoTime();
        float[] policy = scores.logProbs().toFloatArray();
        int token = 0;
        for (TrainingSequence sequence : sequences) {
            LogProbs behaviour = sequence.rollout().behaviour();
            for (int i = 0; i < behaviour.size(); i++) {
                ratios.add(Math.exp((double) policy[token] - behaviour.get(i)));
                token++;
            }
        }
        divergences.ifPresent(divergence -> divergence.add(batch, policy));
        nanos += System.nanoTime() - start;
    }

    /**
     * @param learner the version that learnt from the batch
     * @param owner of what is computed for the report
     */
    void report(
            TrainingBatch batch, PolicyVersion learner, double publishSeconds, long publishedBytes, NDManager owner) {
        if (!monitor.isSomebody()) {
            return;
        }
        long start = System.nanoTime();
        BatchMeasures batchMeasures = BatchMeasures.of(batch.groups(), learner, objective);
        List<DivergenceReading> readings =
                divergences.map(of -> of.readings(owner)).orElse(List.of());
        nanos += System.nanoTime() - start;
        monitor.listener()
                .accept(new StepMeasures(
                        learner.next(),
                        batchMeasures,
                        ratios.distribution(),
                        publishSeconds,
                        publishedBytes,
                        readings,
                        nanos / NANOS_PER_SECOND));
    }
}
