package dev.freshet.ops.metrics;

import dev.freshet.ops.metrics.MetricDefinition.Kind;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where groups are or ended, since the process began. The run's own counts are asked for at every scrape, so that they tell the
 * truth also while no step is taken, and all come from one answer, so that they add up.
 */
final class GroupMetrics implements MultiCollector {
    private static final MetricDefinition TOTAL = new MetricDefinition(
            "freshet_groups_total",
            Kind.COUNTER,
            List.of("outcome"),
            "groups",
            "Groups by where they are or ended: admitted is the sum of all others and of those in flight");
    private static final MetricDefinition IN_FLIGHT = new MetricDefinition(
            "freshet_groups_in_flight", Kind.GAUGE, List.of(), "groups", "Groups admitted that have not ended");

    private volatile GroupCounts before = GroupCounts.NONE;
    private volatile Supplier<GroupCounts> counts = () -> before;

    GroupMetrics(Instruments instruments) {
        instruments.register(this, TOTAL, IN_FLIGHT);
    }

    /** Leaves out what earlier processes of the run have counted: a counter that began there would look like a burst. */
    void goOnFrom(GroupCounts earlier) {
        before = earlier;
    }

    /** @param source of counts that never fall; must not wait */
    void watch(Supplier<GroupCounts> source) {
        counts = source;
    }

    @Override
    public MetricSnapshots collect() {
        GroupCounts now = counts.get();
        Map<String, Long> earlier = byOutcome(before);
        CounterSnapshot.Builder totals =
                CounterSnapshot.builder().name(TOTAL.name()).help(TOTAL.help());
        byOutcome(now)
                .forEach((outcome, total) -> totals.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("outcome", outcome))
                        .value((double) (total - earlier.getOrDefault(outcome, 0L)))
                        .build()));
        GaugeSnapshot inFlight = GaugeSnapshot.builder()
                .name(IN_FLIGHT.name())
                .help(IN_FLIGHT.help())
                .dataPoint(GaugeDataPointSnapshot.builder()
                        .value((double) now.inFlight())
                        .build())
                .build();
        return MetricSnapshots.of(totals.build(), inFlight);
    }

    @Override
    public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
        return List.of(
                MetricFamilyDescriptor.counter(TOTAL.name())
                        .help(TOTAL.help())
                        .labelNames("outcome")
                        .build(),
                MetricFamilyDescriptor.gauge(IN_FLIGHT.name())
                        .help(IN_FLIGHT.help())
                        .build());
    }

    private static Map<String, Long> byOutcome(GroupCounts counts) {
        Map<String, Long> totals = new LinkedHashMap<>();
        totals.put("admitted", counts.admitted());
        totals.put("trained", counts.trained());
        totals.put("returned", counts.returned());
        for (DropReason reason : DropReason.values()) {
            totals.put(label(reason), counts.dropped().getOrDefault(reason, 0L));
        }
        return totals;
    }

    private static String label(DropReason reason) {
        return switch (reason) {
            case STALE -> "dropped_stale";
            case NO_SIGNAL -> "dropped_no_signal";
            case UNSCORABLE -> "unscorable";
            case TOO_LONG -> "dropped_too_long";
            case MALFORMED -> "dropped_malformed";
            case FAILED -> "failed";
        };
    }
}
