package dev.freshet.actors;

import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.checkpoint.WrittenCheckpoint;
import dev.freshet.model.learning.LearnerSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A disk that keeps the state of every checkpoint, until it is told to be full. */
final class WrittenStates implements CheckpointKeeper.Target {
    private final List<TrainingState> states = new CopyOnWriteArrayList<>();
    private volatile boolean full;

    @Override
    public WrittenCheckpoint write(LearnerSnapshot copy, TrainingState state) {
        if (full) {
            throw new IllegalStateException("no space left on device");
        }
        states.add(state);
        return new WrittenCheckpoint(Path.of("step-" + state.version().number()), 10, 0.1);
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
