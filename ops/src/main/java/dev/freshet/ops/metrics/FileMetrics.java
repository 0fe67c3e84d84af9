package dev.freshet.ops.metrics;

import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.TailCut;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What becomes of a run's files over weeks. */
final class FileMetrics {
    private final Counter deletedFiles;
    private final Counter deletedBytes;
    private final Counter cutBytes;

    FileMetrics(PrometheusRegistry registry) {
        deletedFiles = Counter.builder()
                .name("freshet_files_deleted_total")
                .help("Files of the run deleted because they were too many or too old, by kind")
                .labelNames("kind")
                .register(registry);
        deletedBytes = Counter.builder()
                .name("freshet_files_deleted_bytes_total")
                .help("Bytes of the files deleted because they were too many or too old, by kind")
                .labelNames("kind")
                .register(registry);
        cutBytes = Counter.builder()
                .name("freshet_files_cut_bytes_total")
                .help("Bytes of unfinished lines that were cut off when the run went on after its process had died")
                .register(registry);
    }

    void deleted(FileDeleted event) {
        deletedFiles.labelValues(event.kind()).inc();
        deletedBytes.labelValues(event.kind()).inc((double) event.bytes());
    }

    void cut(TailCut event) {
        cutBytes.inc((double) event.bytes());
    }
}
