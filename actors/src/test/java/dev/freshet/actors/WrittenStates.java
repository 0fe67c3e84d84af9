package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.checkpoint.WrittenCheckpoint;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.rollout.PolicyVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A disk that keeps the state of every checkpoint, until it is told to be full. */
final class WrittenStates implements CheckpointKeeper.Target {
    private final List<TrainingState> states = new CopyOnWriteArrayList<>();
    private volatile boolean full;
    private volatile CompletableFuture<Void> letWrite = CompletableFuture.completedFuture(null);

    @Override
    public WrittenCheckpoint write(LearnerSnapshot copy, TrainingState state) {
        letWrite.join();
        if (full) {
            throw new CheckpointException("no space left on device");
        }
        states.add(state);
        return new WrittenCheckpoint(Path.of("step-" + state.version().number()), 10, 0.1);
    }

    @Override
    public Checkpoint open(PolicyVersion version) {
        return states.stream()
                .filter(state -> state.version().equals(version))
                .findFirst()
                .map(state -> new Checkpoint(Path.of("step-" + version.number()), state, List.of(), List.of()))
                .orElseThrow(() -> new RefusedException(Kind.NOT_FOUND, "there is no checkpoint of " + version));
    }

    /** Writes wait until {@link #letGo}. */
    void hold() {
        letWrite = new CompletableFuture<>();
    }

    void letGo() {
        letWrite.complete(null);
    }

    void full(boolean now) {
        full = now;
    }

    List<TrainingState> all() {
        return states;
    }

    TrainingState last() {
        return states.get(states.size() - 1);
    }

    List<Long> versions() {
        return states.stream().map(state -> state.version().number()).toList();
    }
}
