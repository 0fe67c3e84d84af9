package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.learning.UpdateRule.Update;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.ObjectiveMemory;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.weights.Proposal;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A {@link PolicyLearner} of a decoder. A batch is shuffled, cut into mini-batches of one optimizer update each, and a
 * mini-batch into micro-batches whose gradients add up; the update does not depend on the second cut but for rounding. Rehearsal
 * sequences are spread over the mini-batches.
 */
public final class DecoderLearner implements PolicyLearner {
    private static final double NANOS_PER_SECOND = 1e9;

    private final EngineThread thread;
    private final TrainableDecoder decoder;
    private final LearnerSettings settings;
    private final WeightRegistry registry;
    private final StepMonitor monitor;
    private final HeldReference reference;
    private Trajectory trajectory;
    private volatile PolicyVersion version;
    private long step;
    private long optimizerSteps;
    private ObjectiveMemory memory;

    private DecoderLearner(
            EngineThread thread,
            TrainableDecoder decoder,
            Trajectory trajectory,
            LearnerSettings settings,
            WeightRegistry registry,
            StepMonitor monitor,
            ReferenceWeights reference,
            LearnerSnapshot start) {
        this.thread = thread;
        this.decoder = decoder;
        this.trajectory = trajectory;
        this.settings = settings;
        this.registry = registry;
        this.monitor = monitor;
        this.reference = new HeldReference(decoder.config(), settings, reference);
        this.version = start.version();
        this.step = start.step();
        this.optimizerSteps = start.optimizerSteps();
        this.memory = ObjectiveMemory.of(start.optimizer());
    }

    /** As the other {@code start}, for nobody to watch, and without weights of a reference. */
    public static DecoderLearner start(
            DecoderConfig config, LearnerSettings settings, LearnerSnapshot state, WeightRegistry registry)
            throws InterruptedException {
        return start(config, settings, state, registry, StepMonitor.NOBODY, ReferenceWeights.NONE);
    }

    /**
     * Copies a state into native memory and publishes its version; waits until that is done.
     *
     * @param registry stays the caller's; its newest version must be below the state's
     * @param reference asked when an objective wants the reference's whole distributions
     * @throws IllegalArgumentException if the state's tensors are not those of the decoder
     */
    public static DecoderLearner start(
            DecoderConfig config,
            LearnerSettings settings,
            LearnerSnapshot state,
            WeightRegistry registry,
            StepMonitor monitor,
            ReferenceWeights reference)
            throws InterruptedException {
        ComputeSettings compute = settings.compute();
        compute.device().requirePresent();
        EngineThread thread = EngineThread.start("learner", compute.threads());
        try {
            Trained trained = thread.open(() -> published(config, settings, state, registry));
            return new DecoderLearner(
                    thread, trained.decoder(), trained.trajectory(), settings, registry, monitor, reference, state);
        } catch (Throwable e) {
            thread.close();
            throw e;
        }
    }

    /** What a learner owns from its start. */
    private record Trained(TrainableDecoder decoder, Trajectory trajectory) implements AutoCloseable {
        @Override
        public void close() {
            trajectory.close();
            decoder.close();
        }
    }

    private static Trained published(
            DecoderConfig config, LearnerSettings settings, LearnerSnapshot state, WeightRegistry registry) {
        ComputeSettings compute = settings.compute();
        try (OpenedSoFar opened = new OpenedSoFar()) {
            DecoderWeights weights = DecoderWeights.of(config, compute.device(), ArrayKind.PARAMETERS, state.weights());
            TrainableDecoder decoder =
                    opened.add(TrainableDecoder.create(compute, weights, state.optimizer(), settings.trained()));
            Trajectory trajectory =
                    opened.add(Trajectory.of(settings.flatness().trajectory(), compute, decoder, state));
            Optional<DecoderWeights> proposal = ProposalTensors.open(config, compute.device(), state.optimizer())
                    .map(opened::add);
            decoder.publish(state.version(), registry, Proposal.NEWEST);
            proposal.ifPresent(registry::propose);
            opened.keep();
            return new Trained(decoder, trajectory);
        }
    }

    /** Learns from groups alone, with the settings that it was started with. */
    public CompletionStage<StepReport> learn(List<ScoredGroup> groups, PolicyObjective objective) {
        return learn(LearningBatch.of(groups), objective, settings.step());
    }

    @Override
    public CompletionStage<StepReport> learn(
            LearningBatch batch, PolicyObjective objective, StepSettings stepSettings) {
        return thread.submit(() -> {
            long start = System.nanoTime();
            TrainingBatch training = TrainingBatch.of(batch, objective, memory, decoder, settings.microBatchTokens());
            return step(training, objective, stepSettings, start);
        });
    }

    @Override
    public CompletionStage<StepReport> learn(
            DatasetBatch batch, DatasetObjective objective, StepSettings stepSettings) {
        return thread.submit(() -> {
            long start = System.nanoTime();
            DatasetStep work = new DatasetStep(
                    decoder,
                    trajectory,
                    settings,
                    objective,
                    stepSettings,
                    stepSettings.learningRate().at(step),
                    settings.flatness().update().at(step));
            work.requireTakes(batch);
            ExampleTally tally = work.take(batch);
            optimizerSteps += tally.appliedCount();
            publish(Proposal.NEWEST);
            return work.report(batch, version, tally, (System.nanoTime() - start) / NANOS_PER_SECOND);
        });
    }

    @Override
    public CompletionStage<LearnerSnapshot> snapshot() {
        return thread.submit(() -> new LearnerState(version, step, optimizerSteps, decoder.weights(), optimizer()));
    }

    private List<TensorData> optimizer() {
        List<TensorData> tensors = new ArrayList<>(decoder.optimizer());
        tensors.addAll(memory.toTensors());
        tensors.addAll(trajectory.tensors());
        registry.proposal().map(ProposalTensors::named).ifPresent(tensors::addAll);
        return tensors;
    }

    @Override
    public CompletionStage<Void> restore(LearnerSnapshot state) {
        return thread.submit(() -> {
            ObjectiveMemory remembered = ObjectiveMemory.of(state.optimizer());
            try (OpenedSoFar opened = new OpenedSoFar()) {
                Trajectory past =
                        opened.add(Trajectory.of(settings.flatness().trajectory(), settings.compute(), decoder, state));
                Optional<DecoderWeights> proposal = ProposalTensors.open(
                                decoder.config(), settings.compute().device(), state.optimizer())
                        .map(opened::add);
                decoder.restore(settings.compute(), state, registry);
                proposal.ifPresent(registry::propose);
                opened.keep();
                trajectory.close();
                trajectory = past;
            }
            memory = remembered;
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
        thread.execute(reference::close);
        thread.execute(() -> trajectory.close());
        thread.execute(decoder::close);
        thread.close();
    }

    private StepReport step(TrainingBatch batch, PolicyObjective objective, StepSettings stepSettings, long start) {
        PolicyVersion current = version;
        double learningRate = stepSettings.learningRate().at(step);
        StepWork work = new StepWork(
                objective,
                new VocabularyTerms(reference.anchor(objective), trajectory.ofRollouts(step)),
                settings.flatness().update().at(step),
                stepSettings,
                learningRate,
                new StepTally(),
                new StepMeter(monitor, objective, current.next()));
        List<TrainingSequence> shuffled =
                TrainingSequence.shuffled(batch.sequences(), settings.seed(), current.number());
        for (MiniBatch miniBatch : MiniBatch.cut(shuffled, batch.rehearsal(), stepSettings.miniBatches())) {
            learnMiniBatch(miniBatch, work);
        }
        optimizerSteps += work.tally().appliedCount();
        long learnt = System.nanoTime();
        publish(batch.credits().proposal());
        memory = batch.credits().memory();
        long published = System.nanoTime();
        try (NDManager owner = decoder.newBatchManager()) {
            double publishSeconds = (published - learnt) / NANOS_PER_SECOND;
            work.meter().report(batch, current, publishSeconds, decoder.publishedBytes(), owner);
        }
        return batch.report(objective, current, work.tally(), learningRate, (published - start) / NANOS_PER_SECOND);
    }

    /** The step has been taken: what it made of the weights is the next version. */
    private void publish(Proposal sampled) {
        PolicyVersion next = version.next();
        decoder.publish(next, registry, sampled);
        version = next;
        step++;
    }

    private void learnMiniBatch(MiniBatch miniBatch, StepWork work) {
        StepTally.MiniBatch sums = new StepTally.MiniBatch();
        double trajectoryWeight = trajectory.tokenWeight(miniBatch.rolloutTokens());
        Update update = work.rule()
                .apply(
                        decoder,
                        pass -> {
                            StepTally.MiniBatch ofPass = pass.isAtTheWeights() ? sums : new StepTally.MiniBatch();
                            new MiniBatchGradients(decoder, settings, pass, trajectoryWeight)
                                    .accumulate(miniBatch, work, ofPass);
                            return ofPass.loss();
                        },
                        work.learningRate(),
                        work.settings().optimizer());
        if (update.isApplied()) {
            trajectory.updated();
            work.tally().applied(sums, update);
        } else {
            work.tally().skipped();
        }
    }
}
