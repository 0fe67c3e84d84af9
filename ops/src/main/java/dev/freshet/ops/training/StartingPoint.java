package dev.freshet.ops.training;

import dev.freshet.actors.RunParameters;
import dev.freshet.actors.ScheduledChange;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.checkpoint.NewestCheckpoint;
import dev.freshet.model.checkpoint.NewestCheckpoint.Refused;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.distillation.DistillationSettings;
import dev.freshet.model.distillation.Preparation;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.RandomPolicy;
import dev.freshet.model.learning.WarmUp;
import dev.freshet.model.learning.WarmUpSettings;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.task.Task.Demonstrations;
import dev.freshet.model.transformer.InitialWeights;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.CheckpointRefused;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a run begins: the warmed-up policy, or the newest good checkpoint.
 *
 * @param learner weights and optimizer state
 * @param reference weights of the frozen reference, which are the policy's at version 0; none if there is no reference
 * @param state version, cursor, counts and what is in force, with nothing in flight
 * @param ahead changes that commands made behind the checkpoint, and that come into force again later
 * @param resumedFrom the version of the checkpoint taken up, or empty for a new run
 * @param news what to tell of it when the run has started
 */
record StartingPoint(
        LearnerState learner,
        List<TensorData> reference,
        TrainingState state,
        List<ScheduledChange> ahead,
        Optional<PolicyVersion> resumedFrom,
        List<PipelineEvent> news) {
    private static final Logger LOG = LoggerFactory.getLogger(StartingPoint.class);

    StartingPoint {
        reference = List.copyOf(reference);
        ahead = List.copyOf(ahead);
        news = List.copyOf(news);
    }

    /** Warms a new policy up on the task's demonstrations, or takes one that a checkpoint holds; the optimizer is new. */
    static StartingPoint warmedUp(RunConfiguration configuration, EventSink events) throws InterruptedException {
        if (configuration.distillation().isPresent()) {
            return beginning(prepared(configuration.distillation().get(), events), configuration);
        }
        Optional<Path> from = WarmUpSource.from(configuration.config());
        List<TensorData> weights = WarmUpSource.isRandom(configuration.config())
                ? random(configuration)
                : from.isPresent() ? taken(from.get(), configuration) : warmUp(configuration, events);
        return beginning(weights, configuration);
    }

    private static StartingPoint beginning(List<TensorData> weights, RunConfiguration configuration) {
        return new StartingPoint(
                LearnerState.fresh(weights),
                weights,
                Provenance.initialState(configuration),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private static List<TensorData> prepared(DistillationSettings settings, EventSink events)
            throws InterruptedException {
        LOG.info("teacher and student are being prepared");
        WarmUpProgress progress = new WarmUpProgress(events);
        List<TensorData> weights = Preparation.run(settings, settings.data().open(settings.seed()), progress::onStep);
        LOG.info("teacher and student are prepared: their weights are {}", PolicyVersion.INITIAL);
        return weights;
    }

    private static List<TensorData> warmUp(RunConfiguration configuration, EventSink events)
            throws InterruptedException {
        Demonstrations demonstrations = TrainingRequirements.demonstrations(configuration);
        WarmUpSettings settings = configuration.warmUp();
        LOG.info("warm-up begins: {} steps of {} demonstrations each", settings.steps(), settings.batch());
        WarmUpProgress progress = new WarmUpProgress(events);
        List<TensorData> weights = WarmUp.run(configuration.decoder(), settings, demonstrations, progress::onStep);
        LOG.info("warm-up has ended after {} steps: its weights are {}", settings.steps(), PolicyVersion.INITIAL);
        return weights;
    }

    private static List<TensorData> random(RunConfiguration configuration) throws InterruptedException {
        LOG.info("no warm-up: random weights are {}", PolicyVersion.INITIAL);
        return RandomPolicy.weights(
                configuration.decoder(),
                configuration.learner().compute().device(),
                InitialWeights.from(configuration.config()));
    }

    private static List<TensorData> taken(Path checkpoint, RunConfiguration configuration) {
        List<TensorData> weights = WarmUpSource.weights(checkpoint, configuration.decoder());
        LOG.info("no warm-up: the weights of {} are {}", checkpoint, PolicyVersion.INITIAL);
        return weights;
    }

    /**
     * Takes up the newest checkpoint that is whole; damaged newer ones are news. Only reads.
     *
     * @param journal where the run tells what commands did since
     * @return empty if the run ended before its first checkpoint, and so has to begin anew
     * @throws IllegalArgumentException if no checkpoint is whole, or the settings do not let the run go on from it
     */
    static Optional<StartingPoint> resumed(RunConfiguration configuration, CheckpointStore store, Path journal) {
        if (store.versions().isEmpty()) {
            return Optional.empty();
        }
        NewestCheckpoint newest = store.newestGood();
        Checkpoint checkpoint = newest.checkpoint()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no checkpoint of this run is whole, so there is nothing to resume; start a new run"));
        TrainingState saved = checkpoint.state();
        Provenance.requireSameModel(configuration, saved);
        SteeringBehind steering = SteeringBehind.of(configuration, saved, JournalledSteering.since(journal, saved));
        TrainingState state = Provenance.resumedState(configuration, saved, steering.atOnce());
        requireStepsAndReference(configuration, state);
        steering.requireReference(configuration, state);
        return Optional.of(new StartingPoint(
                new LearnerState(
                        saved.version(),
                        saved.step(),
                        saved.optimizerSteps(),
                        checkpoint.weights(),
                        checkpoint.optimizer()),
                configuration.hasReference() ? initialWeights(store) : List.of(),
                state,
                steering.ahead(),
                Optional.of(saved.version()),
                news(configuration, store, newest.refused(), checkpoint, state, steering.news())));
    }

    /** In force when the run begins; a resumed run keeps what it was switched to, and what was set. */
    RunParameters parameters(ConfigSteering steering) {
        return steering.inForceIn(state, steering.configured());
    }

    private static void requireStepsAndReference(RunConfiguration configuration, TrainingState state) {
        if (configuration.steps() < state.version().number()) {
            throw new IllegalArgumentException("steps must be at least the version that the run goes on from, "
                    + state.version() + ", were " + configuration.steps() + " (freshet.train.steps)");
        }
        ConfigSteering steering = configuration.steering();
        Objective inForce = steering.inForceIn(state, steering.configured()).objective();
        if (inForce.needsReference() && !configuration.hasReference()) {
            throw new IllegalArgumentException("divergence " + inForce.divergenceInUse()
                    + " is in force in the checkpoint and needs a reference, which is off: keep freshet.reference ="
                    + " initial, or switch the run to none first (freshet ctl switch-divergence)");
        }
    }

    private static List<TensorData> initialWeights(CheckpointStore store) {
        try {
            return store.open(store.directory(PolicyVersion.INITIAL)).weights();
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(
                    "the reference is the policy at version 0, whose checkpoint cannot be used: " + e.getMessage(), e);
        }
    }

    private static List<PipelineEvent> news(
            RunConfiguration configuration,
            CheckpointStore store,
            List<Refused> refused,
            Checkpoint checkpoint,
            TrainingState state,
            List<PipelineEvent> steering) {
        List<PipelineEvent> news = new ArrayList<>();
        for (PolicyVersion version : store.versions()) {
            refused.stream()
                    .filter(damaged -> damaged.directory().equals(store.directory(version)))
                    .forEach(damaged -> news.add(new CheckpointRefused(version, damaged.reason())));
        }
        TrainingState saved = checkpoint.state();
        news.add(new GroupsTakenBack(
                checkpoint.directory().getFileName().toString(),
                saved.version(),
                saved.cursor(),
                saved.groups().getOrDefault("in_flight", 0L)));
        news.addAll(ParameterNews.of(configuration, saved, state));
        news.addAll(steering);
        return news;
    }

    /** Turns the warm-up's steps into events, a hundred in all. */
    private static final class WarmUpProgress {
        private static final int EVENTS = 100;

        private final EventSink events;
        private final long start = System.nanoTime();

        private WarmUpProgress(EventSink events) {
            this.events = events;
        }

        private void onStep(long step, long steps, double loss, long tokens) {
            if (step % Math.max(1, steps / EVENTS) == 0 || step == steps) {
                double seconds = (System.nanoTime() - start) / 1e9;
                events.accept(new WarmUpProgressed((int) step, (int) steps, loss, tokens / seconds));
            }
        }
    }
}
