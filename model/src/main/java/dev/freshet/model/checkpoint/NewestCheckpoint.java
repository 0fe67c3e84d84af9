package dev.freshet.model.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The newest checkpoint of a run that is whole.
 *
 * @param checkpoint empty when none is
 * @param refused the damaged ones that are newer, newest first
 */
public record NewestCheckpoint(Optional<Checkpoint> checkpoint, List<Refused> refused) {
    public NewestCheckpoint {
        refused = List.copyOf(refused);
    }

    /** A damaged checkpoint, and why it is not used. */
    public record Refused(Path directory, String reason) {}
}
