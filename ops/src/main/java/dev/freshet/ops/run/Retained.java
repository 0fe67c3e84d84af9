package dev.freshet.ops.run;

import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Files of one kind, of which {@link Retention} deletes those that are too many or too old. Safe for threads. */
@FunctionalInterface
public interface Retained {
    /** Deletes them, the oldest first, and answers what is gone. Waits for the disk. */
    List<FileDeleted> deleteSurplus(Instant now) throws IOException;
}
