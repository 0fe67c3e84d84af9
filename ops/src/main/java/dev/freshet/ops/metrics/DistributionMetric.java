package dev.freshet.ops.metrics;

import dev.freshet.model.learning.Distribution;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.util.ArrayList;
import java.util.List;

/** A classic histogram that takes the values of a whole batch at once. */
final class DistributionMetric implements Collector {
    private final String name;
    private final String help;
    private Distribution total;

    DistributionMetric(String name, String help, Distribution empty) {
        this.name = name;
        this.help = help;
        this.total = empty;
    }

    synchronized void add(Distribution more) {
        total = total.plus(more);
    }

    @Override
    public MetricFamilyDescriptor getMetricFamilyDescriptor() {
        return MetricFamilyDescriptor.histogram(name).help(help).build();
    }

    @Override
    public HistogramSnapshot collect() {
        Distribution now = total();
        List<Double> bounds = new ArrayList<>(now.bounds());
        bounds.add(Double.POSITIVE_INFINITY);
        return HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, now.counts()))
                        .sum(now.sum())
                        .build())
                .build();
    }

    private synchronized Distribution total() {
        return total;
    }
}
