package dev.freshet.ops.metrics;

import java.util.List;

/**
 * What a person has to know of a metric to use it.
 *
 * @param unit of its value, in words
 * @param help one sentence, which Prometheus shows
 */
public record MetricDefinition(String name, Kind kind, List<String> labels, String unit, String help) {
    /** The kinds that this program uses; an info is a gauge of 1 to Prometheus. */
    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        INFO
    }

    public MetricDefinition {
        labels = List.copyOf(labels);
    }
}
