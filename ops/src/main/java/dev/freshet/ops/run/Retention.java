package dev.freshet.ops.run;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent.DeletionFailed;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Deletes what is too many or too old among a run's files, on a thread of its own, and tells of each file as an event. Not done
 * where a file is set aside: whoever writes then holds that file's lock, and the event goes to all of them.
 */
public final class Retention implements Closeable {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
    private static final Duration LAST_LOOK = Duration.ofSeconds(10);

    private final List<Kind> kinds;
    private final EventSink events;
    private final InstantSource clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(Retention::thread);

    Retention(Path folder, List<Retained> files, EventSink events, InstantSource clock) {
        this.kinds = files.stream()
                .map(kind -> new Kind(kind, new WriteFailures(folder)))
                .toList();
        this.events = events;
        this.clock = clock;
    }

    /** Looks now and then, from now on. */
    static Retention start(Path folder, List<Retained> files, EventSink events, InstantSource clock) {
        Retention retention = new Retention(folder, files, events, clock);
        var unused = retention.thread.scheduleWithFixedDelay(
                retention::look, 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
        return retention;
    }

    /** What the disk does not delete is tried again at the next look. */
    void look() {
        for (Kind kind : kinds) {
            try {
                deletedOf(kind.files()).forEach(events::accept);
                kind.failures().succeeded();
            } catch (IOException failure) {
                if (!kind.failures().isFailing()) {
                    events.accept(new DeletionFailed(String.valueOf(failure.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse("") + "; it is tried again"));
                }
                kind.failures().failed(failure);
            }
        }
    }

    private List<FileDeleted> deletedOf(Retained files) throws IOException {
        try {
            return files.deleteSurplus(clock.instant());
        } catch (UncheckedIOException whileListing) {
            throw whileListing.getCause();
        }
    }

    /** Looks that the disk cut short. */
    long failures() {
        return kinds.stream().mapToLong(kind -> kind.failures().count()).sum();
    }

    /** Waits for a look that is under way. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LAST_LOOK.toSeconds(), TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private record Kind(Retained files, WriteFailures failures) {}

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "file-retention");
        thread.setDaemon(true);
        return thread;
    }
}
