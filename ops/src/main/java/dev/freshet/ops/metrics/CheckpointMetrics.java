package dev.freshet.ops.metrics;

import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.InstantSource;

/** What is kept of the run on the disk. */
final class CheckpointMetrics {
    private final InstantSource clock;
    private final Histogram seconds;
    private final Counter failures;
    private final Counter refused;
    private final Gauge last;
    private final Gauge bytes;

    CheckpointMetrics(Instruments instruments, InstantSource clock) {
        this.clock = clock;
        seconds = instruments.histogram(
                "freshet_checkpoint_seconds",
                "seconds",
                "Time that a checkpoint took, by phase: copy holds up training, write does not",
                Instruments.doubling(1.0 / 1024, 18),
                "phase");
        failures = instruments.counter(
                "freshet_checkpoint_failures_total", "checkpoints", "Checkpoints that could not be written");
        refused = instruments.counter(
                "freshet_checkpoints_refused_total",
                "checkpoints",
                "Damaged checkpoints that this process has passed over as it went on from an older one");
        last = instruments.gauge(
                "freshet_last_checkpoint_timestamp_seconds",
                "Unix time",
                "When the newest checkpoint was written; 0 before the first of this process");
        bytes = instruments.gauge("freshet_checkpoint_size_bytes", "bytes", "Size of the newest checkpoint");
    }

    void written(CheckpointWritten event) {
        seconds.labelValues("copy").observe(event.copySeconds());
        seconds.labelValues("write").observe(event.writeSeconds());
        last.set(clock.millis() / 1000.0);
        bytes.set((double) event.bytes());
    }

    void failed() {
        failures.inc();
    }

    void refused() {
        refused.inc();
    }
}
