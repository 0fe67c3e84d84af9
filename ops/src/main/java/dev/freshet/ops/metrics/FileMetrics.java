package dev.freshet.ops.metrics;

import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.TailCut;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What becomes of a run's files over weeks, and what is missing in them because the disk refused it. */
final class FileMetrics {
    private final Counter deletedFiles;
    private final Counter deletedBytes;
    private final Counter cutBytes;
    private volatile Supplier<Map<String, Long>> failures = Map::of;
    private volatile LongSupplier dropped = () -> 0;

    FileMetrics(Instruments instruments) {
        instruments.askedCounter(
                "freshet_write_failures_total",
                "writes",
                "Writes and deletions that the disk refused, by file of the run: journal, rollouts, metrics, summary or log,"
                        + " and retention for deletions",
                counter -> failures.get().forEach((file, count) -> counter.call(count.doubleValue(), file)),
                "file");
        instruments.askedCounter(
                "freshet_dropped_events_total",
                "events",
                "Events that one of those they were told to failed on",
                counter -> counter.call((double) dropped.getAsLong()));
        deletedFiles = instruments.counter(
                "freshet_files_deleted_total",
                "files",
                "Files of the run deleted because they were too many or too old, by kind",
                "kind");
        deletedBytes = instruments.counter(
                "freshet_files_deleted_bytes_total",
                "bytes",
                "Size of the files deleted because they were too many or too old, by kind",
                "kind");
        cutBytes = instruments.counter(
                "freshet_files_cut_bytes_total",
                "bytes",
                "Unfinished lines that were cut off when the run went on after its process had died");
    }

    void watch(Supplier<Map<String, Long>> writeFailures, LongSupplier droppedEvents) {
        failures = writeFailures;
        dropped = droppedEvents;
    }

    void deleted(FileDeleted event) {
        deletedFiles.labelValues(event.kind()).inc();
        deletedBytes.labelValues(event.kind()).inc((double) event.bytes());
    }

    void cut(TailCut event) {
        cutBytes.inc((double) event.bytes());
    }
}
