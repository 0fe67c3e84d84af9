package dev.freshet.ops.training;

import dev.freshet.actors.CheckpointKeeper;
import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.checkpoint.WrittenCheckpoint;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.task.Task;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A run's checkpoints as its actors use them. Hears of evaluations, so that a checkpoint is written with the held-out pass@1 that
 * was measured since the one before.
 */
final class RunCheckpoints implements CheckpointKeeper.Target, EventSink {
    private final CheckpointStore store;
    private final RunConfiguration configuration;
    private Optional<Measured> newest = Optional.empty();
    private PolicyVersion written;

    /** @param start the version that the run begins or goes on from */
    RunCheckpoints(CheckpointStore store, RunConfiguration configuration, PolicyVersion start) {
        this.store = store;
        this.configuration = configuration;
        this.written = start;
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        if (event instanceof EvaluationCompleted evaluation
                && evaluation.suite().equals(Task.HELD_OUT)
                && evaluation.passAtK().containsKey(1)) {
            newest = Optional.of(
                    new Measured(evaluation.version(), evaluation.passAtK().getOrDefault(1, 0.0)));
        }
    }

    @Override
    public WrittenCheckpoint write(LearnerSnapshot copy, TrainingState state) {
        WrittenCheckpoint checkpoint = store.write(copy, withScore(state));
        remember(state.version());
        return checkpoint;
    }

    @Override
    public Checkpoint open(PolicyVersion version) {
        List<PolicyVersion> kept = store.versions();
        if (!kept.contains(version)) {
            throw new RefusedException(
                    Kind.NOT_FOUND,
                    "there is no checkpoint of " + version + "; kept are "
                            + kept.stream().map(PolicyVersion::toString).collect(Collectors.joining(", ")));
        }
        try {
            Checkpoint checkpoint = store.open(store.directory(version));
            Provenance.requireSameModel(configuration, checkpoint.state());
            return checkpoint;
        } catch (CheckpointException | IllegalArgumentException unusable) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION, unusable.getMessage() + ": go back to another version");
        }
    }

    private synchronized TrainingState withScore(TrainingState state) {
        return newest.filter(measured -> measured.isSince(written, state.version()))
                .map(measured -> state.withScore(TrainingState.PASS_AT_1, measured.passAt1()))
                .orElse(state);
    }

    private synchronized void remember(PolicyVersion version) {
        written = version;
    }

    private record Measured(PolicyVersion version, double passAt1) {
        /** Of the policy as it was after {@code before}, up to {@code now}; or of just that. */
        boolean isSince(PolicyVersion before, PolicyVersion now) {
            return version.equals(now) || (version.compareTo(before) > 0 && version.compareTo(now) < 0);
        }
    }
}
