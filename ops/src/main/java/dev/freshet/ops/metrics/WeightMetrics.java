package dev.freshet.ops.metrics;

import dev.freshet.model.generation.WeightSwap;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;

/** How new weights come from the learner to the generators of this process. */
final class WeightMetrics {
    private final Histogram push;
    private final Counter bytes;

    WeightMetrics(Instruments instruments) {
        push = instruments.histogram(
                "freshet_weight_push_seconds",
                "seconds",
                "Time that new weights took on their way, by phase: publish (the learner's copy), copy (into a"
                        + " generator's form) and swap (the rest of that generator's stall)",
                Instruments.doubling(1.0 / 4096, 16),
                "phase");
        bytes = instruments.counter("freshet_weight_bytes_total", "bytes", "Weights published for generators");
    }

    void published(double seconds, long size) {
        push.labelValues("publish").observe(seconds);
        bytes.inc(size);
    }

    void swapped(WeightSwap swap) {
        push.labelValues("copy").observe(swap.copySeconds());
        push.labelValues("swap").observe(swap.swapSeconds());
    }
}
