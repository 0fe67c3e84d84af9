package dev.freshet.ops.training;

import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.checkpoint.DeletedCheckpoint;
import dev.freshet.ops.run.Retained;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Deletes checkpoints that are too old, and those that could not be deleted when one was written, and tells of those that were deleted as too many when one was written, or as unfinished
 * when the run went on.
 *
 * @param maxAge empty: any
 */
record CheckpointFiles(CheckpointStore store, Optional<Duration> maxAge) implements Retained {
    @Override
    public List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        try {
            store.deleteLeftSurplus();
            maxAge.ifPresent(age -> store.deleteOlderThan(now.minus(age)));
        } catch (CheckpointException failure) {
            throw new IOException(failure.getMessage(), failure);
        }
        return store.takeDeleted().stream().map(CheckpointFiles::event).toList();
    }

    private static FileDeleted event(DeletedCheckpoint deleted) {
        String why = switch (deleted.why()) {
            case TOO_MANY -> "neither among the newest nor among the best";
            case TOO_OLD -> "older than freshet.checkpoint.max-age";
            case UNFINISHED -> "unfinished: the process that wrote or deleted it died";
        };
        return new FileDeleted("checkpoint", "checkpoints/" + deleted.name(), deleted.bytes(), why);
    }
}
