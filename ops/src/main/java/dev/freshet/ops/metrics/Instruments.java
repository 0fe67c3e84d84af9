package dev.freshet.ops.metrics;

import dev.freshet.model.learning.Distribution;
import dev.freshet.ops.metrics.MetricDefinition.Kind;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes the metrics of one registry and remembers their definitions, so that the documentation can be held to them. Histograms
 * are classic ones, and no metric keeps exemplars.
 */
final class Instruments {
    private final PrometheusRegistry registry;
    private final List<MetricDefinition> definitions = new ArrayList<>();

    Instruments(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** In the order in which they were made. */
    List<MetricDefinition> definitions() {
        return List.copyOf(definitions);
    }

    Counter counter(String name, String unit, String help, String... labels) {
        define(name, Kind.COUNTER, unit, help, labels);
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    Gauge gauge(String name, String unit, String help, String... labels) {
        define(name, Kind.GAUGE, unit, help, labels);
        return Gauge.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    Histogram histogram(String name, String unit, String help, double[] bounds, String... labels) {
        define(name, Kind.HISTOGRAM, unit, help, labels);
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }

    /** A histogram that takes whole distributions over the given bounds. */
    DistributionMetric distribution(String name, String unit, String help, List<Double> bounds) {
        define(name, Kind.HISTOGRAM, unit, help);
        DistributionMetric metric = new DistributionMetric(name, help, Distribution.empty(bounds));
        registry.register(metric);
        return metric;
    }

    /** A counter that is asked for its totals when it is scraped; they must never fall. */
    void askedCounter(
            String name, String unit, String help, Consumer<CounterWithCallback.Callback> totals, String... labels) {
        define(name, Kind.COUNTER, unit, help, labels);
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(totals)
                .register(registry);
    }

    /** A gauge that is asked for its values when it is scraped. */
    void askedGauge(
            String name, String unit, String help, Consumer<GaugeWithCallback.Callback> values, String... labels) {
        define(name, Kind.GAUGE, unit, help, labels);
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(values)
                .register(registry);
    }

    Info info(String name, String help, String... labels) {
        define(name, Kind.INFO, "1", help, labels);
        return Info.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    /** What collects several metrics at once, of one moment. */
    void register(MultiCollector collector, MetricDefinition... collected) {
        definitions.addAll(List.of(collected));
        registry.register(collector);
    }

    /** {@code count} bounds, each the double of the one before. */
    static double[] doubling(double first, int count) {
        double[] bounds = new double[count];
        for (int i = 0; i < count; i++) {
            bounds[i] = Math.scalb(first, i);
        }
        return bounds;
    }

    private void define(String name, Kind kind, String unit, String help, String... labels) {
        definitions.add(new MetricDefinition(name, kind, List.of(labels), unit, help));
    }
}
