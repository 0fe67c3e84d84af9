package dev.freshet.ops.metrics;

import dev.freshet.streams.PipelineEvent.FidelityMeasured;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;

/** How near a distilled student's samples are to the data. */
final class FidelityMetrics {
    private final Gauge measures;
    private final Gauge version;
    private final Counter seconds;

    FidelityMetrics(Instruments instruments) {
        measures = instruments.gauge(
                "freshet_fidelity",
                "as the measure has it",
                "What the newest evaluation of a distilled student's samples said, by name",
                "measure");
        version = instruments.gauge("freshet_fidelity_version", "version", "The version that it was of");
        seconds = instruments.counter(
                "freshet_fidelity_seconds_total",
                "seconds",
                "Time spent on evaluations of a distilled student's samples by this process");
    }

    void measured(FidelityMeasured event) {
        measures.clear();
        event.measures().forEach((name, value) -> measures.labelValues(name).set(value));
        version.set((double) event.version().number());
        seconds.inc(event.seconds());
    }
}
