package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.objective.ObjectiveLoss;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.TokenScores;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.weights.WeightRegistry;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A {@link PolicyLearner} of a decoder. A batch is shuffled, cut into mini-batches of one optimizer update each, and a
 * mini-batch into micro-batches whose gradients add up; the update does not depend on the second cut but for rounding.
 */
public final class DecoderLearner implements PolicyLearner {
    private final EngineThread thread;
    private final TrainableDecoder decoder;
    private final LearnerSettings settings;
    private final WeightRegistry registry;
    private volatile PolicyVersion version;
    private long step;
    private long optimizerSteps;

    private DecoderLearner(
            EngineThread thread,
            TrainableDecoder decoder,
            LearnerSettings settings,
            WeightRegistry registry,
            LearnerSnapshot start) {
        this.thread = thread;
        this.decoder = decoder;
        this.settings = settings;
        this.registry = registry;
        this.version = start.version();
        this.step = start.step();
        this.optimizerSteps = start.optimizerSteps();
    }

    /**
     * Copies a state into native memory and publishes its version; waits until that is done.
     *
     * @param registry stays the caller's; its newest version must be below the state's
     * @throws IllegalArgumentException if the state's tensors are not those of the decoder
     */
    public static DecoderLearner start(
            DecoderConfig config, LearnerSettings settings, LearnerSnapshot state, WeightRegistry registry)
            throws InterruptedException {
        ComputeSettings compute = settings.compute();
        compute.device().requirePresent();
        EngineThread thread = EngineThread.start("learner", compute.threads());
        try {
            TrainableDecoder decoder = thread.open(() -> published(config, compute, state, registry));
            return new DecoderLearner(thread, decoder, settings, registry, state);
        } catch (Throwable e) {
            thread.close();
            throw e;
        }
    }

    private static TrainableDecoder published(
            DecoderConfig config, ComputeSettings compute, LearnerSnapshot state, WeightRegistry registry) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            DecoderWeights weights = DecoderWeights.of(config, compute.device(), ArrayKind.PARAMETERS, state.weights());
            TrainableDecoder decoder = opened.add(TrainableDecoder.create(compute, weights, state.optimizer()));
            decoder.publish(state.version(), registry);
            opened.keep();
            return decoder;
        }
    }

    @Override
    public CompletionStage<StepReport> learn(List<ScoredGroup> batch, PolicyObjective objective) {
        return thread.submit(() -> step(TrainingBatch.of(batch, objective, decoder.config()), objective));
    }

    @Override
    public CompletionStage<LearnerSnapshot> snapshot() {
        return thread.submit(
                () -> new LearnerState(version, step, optimizerSteps, decoder.weights(), decoder.optimizer()));
    }

    @Override
    public CompletionStage<Void> restore(LearnerSnapshot state) {
        return thread.submit(() -> {
            decoder.restore(settings.compute(), state, registry);
            version = state.version();
            step = state.step();
            optimizerSteps = state.optimizerSteps();
            return null;
        });
    }

    @Override
    public PolicyVersion version() {
        return version;
    }

    @Override
    public void close() {
        thread.execute(decoder::close);
        thread.close();
    }

    private StepReport step(TrainingBatch batch, PolicyObjective objective) {
        long start = System.nanoTime();
        PolicyVersion current = version;
        double learningRate = settings.learningRate().at(step);
        StepTally tally = new StepTally();
        List<TrainingSequence> shuffled =
                TrainingSequence.shuffled(batch.sequences(), settings.seed(), current.number());
        for (List<TrainingSequence> miniBatch : TrainingSequence.parts(shuffled, settings.miniBatches())) {
            learnMiniBatch(miniBatch, objective, learningRate, tally);
        }
        optimizerSteps += tally.appliedCount();
        PolicyVersion next = current.next();
        decoder.publish(next, registry);
        version = next;
        step++;
        double seconds = (System.nanoTime() - start) / 1e9;
        return batch.report(objective, current, tally, learningRate, seconds);
    }

    private void learnMiniBatch(
            List<TrainingSequence> miniBatch, PolicyObjective objective, double learningRate, StepTally tally) {
        StepTally.MiniBatch sums = new StepTally.MiniBatch();
        try {
            accumulateGradients(miniBatch, objective, sums);
        } catch (Throwable e) {
            decoder.discardGradients();
            throw e;
        }
        if (!sums.isFinite()) {
            decoder.discardGradients();
            tally.skipped();
            return;
        }
        double norm = decoder.update(learningRate, settings.optimizer());
        if (Double.isFinite(norm)) {
            tally.applied(sums, norm);
        } else {
            tally.skipped();
        }
    }

    private void accumulateGradients(
            List<TrainingSequence> miniBatch, PolicyObjective objective, StepTally.MiniBatch sums) {
        List<TokenSequence> tokens =
                miniBatch.stream().map(TrainingSequence::tokens).toList();
        int[] lengths = tokens.stream()
                .mapToInt(sequence -> sequence.completion().size())
                .toArray();
        double[] tokenWeights = objective.tokenWeights(lengths);
        for (List<Integer> microBatch : MicroBatches.cut(tokens, settings.microBatchTokens())) {
            List<TrainingSequence> sequences =
                    microBatch.stream().map(miniBatch::get).toList();
            double[] weights = microBatch.stream()
                    .mapToDouble(index -> tokenWeights[index])
                    .toArray();
            learnMicroBatch(sequences, weights, objective, sums);
        }
    }

    private void learnMicroBatch(
            List<TrainingSequence> sequences,
            double[] tokenWeights,
            PolicyObjective objective,
            StepTally.MiniBatch sums) {
        try (NDManager owner = decoder.newBatchManager()) {
            List<TokenSequence> tokens =
                    sequences.stream().map(TrainingSequence::tokens).toList();
            PackedSequences packed = PackedSequences.of(tokens, owner);
            NDArray temperature = owner.create((float) settings.temperature());
            TokenScores scores = decoder.score(packed, temperature);
            ObjectiveLoss loss = objective.loss(
                    TokenBatches.of(sequences, tokenWeights, settings.samplingCorrectionCap(), owner), scores);
            decoder.backward(loss.loss());
            sums.add(loss, scores.entropy(), packed.targets().size());
        }
    }
}
