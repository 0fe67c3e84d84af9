package dev.freshet.ops.training;

import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.checkpoint.NewestCheckpoint;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.WarmUp;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.task.Task.Demonstrations;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a run begins: the warmed-up policy, or the newest good checkpoint.
 *
 * @param learner weights and optimizer state
 * @param reference weights of the frozen reference, which are the policy's at version 0
 * @param state version, cursor and counts, with nothing in flight
 * @param regularisation in force; a resumed run keeps what it was switched to
 * @param resumedFrom the checkpoint taken up, or empty for a new run
 */
record StartingPoint(
        LearnerState learner,
        List<TensorData> reference,
        TrainingState state,
        Regularisation regularisation,
        Optional<Checkpoint> resumedFrom) {
    StartingPoint {
        reference = List.copyOf(reference);
    }

    /** Warms a new policy up on the task's demonstrations. */
    static StartingPoint warmedUp(RunConfiguration configuration, EventSink events) throws InterruptedException {
        Demonstrations demonstrations = configuration
                .task()
                .demonstrations()
                .orElseThrow(() -> new IllegalArgumentException(
                        "task " + configuration.task().name()
                                + " has no demonstrations to warm a new policy up with; choose one that"
                                + " has (freshet.task.name)"));
        WarmUpProgress progress = new WarmUpProgress(events);
        List<TensorData> weights =
                WarmUp.run(configuration.decoder(), configuration.warmUp(), demonstrations, progress::onStep);
        Regularisation regularisation = configuration.objective().regularisation();
        return new StartingPoint(
                LearnerState.fresh(weights),
                weights,
                Provenance.initialState(configuration),
                regularisation,
                Optional.empty());
    }

    /**
     * Takes up the newest checkpoint that is whole; damaged newer ones are named in events.
     *
     * @throws IllegalArgumentException if there is none, or it is of another model
     */
    static StartingPoint resumed(RunConfiguration configuration, CheckpointStore store, EventSink events) {
        NewestCheckpoint newest = store.newestGood();
        for (NewestCheckpoint.Refused refused : newest.refused()) {
            events.accept(new CheckpointFailed(PolicyVersion.INITIAL, refused.reason()));
        }
        Checkpoint checkpoint = newest.checkpoint()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no checkpoint of this run is whole, so there is nothing to resume; start a new run"));
        Provenance.requireSameModel(configuration, checkpoint);
        TrainingState saved = checkpoint.state();
        TrainingState state = withNothingInFlight(saved);
        events.accept(new GroupsTakenBack(
                checkpoint.directory().getFileName().toString(),
                saved.version(),
                saved.cursor(),
                saved.groups().getOrDefault("in_flight", 0L)));
        return new StartingPoint(
                new LearnerState(saved.version(), saved.optimizerSteps(), checkpoint.weights(), checkpoint.optimizer()),
                initialWeights(store),
                state,
                Regularisation.of(saved.divergence(), saved.divergenceCoefficient()),
                Optional.of(checkpoint));
    }

    private static List<TensorData> initialWeights(CheckpointStore store) {
        try {
            return store.open(store.directory(PolicyVersion.INITIAL)).weights();
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(
                    "the reference is the policy at version 0, whose checkpoint cannot be used: " + e.getMessage(), e);
        }
    }

    /** What was in flight enters again, and so counts as returned. */
    private static TrainingState withNothingInFlight(TrainingState saved) {
        Map<String, Long> groups = new HashMap<>(saved.groups());
        groups.merge("returned", groups.getOrDefault("in_flight", 0L), Long::sum);
        groups.put("in_flight", 0L);
        return new TrainingState(
                saved.version(),
                saved.optimizerSteps(),
                saved.cursor(),
                saved.seed(),
                saved.objective(),
                saved.divergence(),
                saved.divergenceCoefficient(),
                groups,
                saved.gemmFlavour(),
                saved.settingsDigest(),
                saved.model(),
                saved.provenance());
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
