package dev.freshet.ops.run;

import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What has been deleted of a kind of files, one after another. Once a file cannot be deleted no other is, and what was before it is still told
 * of; whoever comes again meets that file first, and throws.
 */
final class DeletedFiles {
    private final String kind;
    private final List<FileDeleted> events = new ArrayList<>();
    private boolean failed;

    /** @param kind what the events call it */
    DeletedFiles(String kind) {
        this.kind = kind;
    }

    /**
     * @param name in its event
     * @param surplus why it is to be deleted, by when it was last written; empty if it stays
     * @return whether it was deleted
     * @throws IOException if it cannot be, and nothing was before
     */
    boolean delete(Path file, String name, Function<Instant, Optional<String>> surplus) throws IOException {
        if (failed) {
            return false;
        }
        try {
            Optional<String> why = surplus.apply(Files.getLastModifiedTime(file).toInstant());
            if (why.isEmpty()) {
                return false;
            }
            long bytes = Files.size(file);
            Files.delete(file);
            events.add(new FileDeleted(kind, name, bytes, why.get()));
            return true;
        } catch (IOException failure) {
            if (events.isEmpty()) {
                throw failure;
            }
            failed = true;
            return false;
        }
    }

    List<FileDeleted> events() {
        return List.copyOf(events);
    }
}
