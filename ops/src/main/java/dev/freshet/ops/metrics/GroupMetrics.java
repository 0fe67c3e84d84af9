package dev.freshet.ops.metrics;

import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.HashMap;
import java.util.Map;

/**
 * Where groups ended, since the process began. Drops and returns are counted as they happen, and all are brought up to the run's
 * own counts when a step reports them: a run that trains on nothing still shows its drops, and no group is counted twice.
 */
final class GroupMetrics {
    private static final String ADMITTED = "admitted";
    private static final String TRAINED = "trained";
    private static final String RETURNED = "returned";

    private final Counter groups;
    private final Gauge inFlight;
    private final Map<String, Long> counted = new HashMap<>();

    GroupMetrics(Instruments instruments) {
        groups = instruments.counter(
                "freshet_groups_total",
                "groups",
                "Groups by where they are or ended: admitted is the sum of all others and of those in flight",
                "outcome");
        inFlight = instruments.gauge(
                "freshet_groups_in_flight", "groups", "Groups admitted that have not ended, at the newest step");
        update(GroupCounts.NONE);
    }

    /** Leaves out what earlier processes of the run have counted: a counter that began there would look like a burst. */
    void goOnFrom(GroupCounts before) {
        byOutcome(before).forEach(counted::put);
    }

    void dropped(DropReason reason) {
        raise(label(reason), 1);
    }

    void returned(long returnedGroups) {
        raise(RETURNED, returnedGroups);
    }

    void update(GroupCounts counts) {
        byOutcome(counts)
                .forEach((outcome, total) -> raise(outcome, Math.max(0, total - counted.getOrDefault(outcome, 0L))));
        inFlight.set((double) counts.inFlight());
    }

    private static Map<String, Long> byOutcome(GroupCounts counts) {
        Map<String, Long> totals = new HashMap<>();
        totals.put(ADMITTED, counts.admitted());
        totals.put(TRAINED, counts.trained());
        totals.put(RETURNED, counts.returned());
        counts.dropped().forEach((reason, dropped) -> totals.put(label(reason), dropped));
        return totals;
    }

    private void raise(String outcome, long more) {
        groups.labelValues(outcome).inc(more);
        counted.merge(outcome, more, Long::sum);
    }

    private static String label(DropReason reason) {
        return switch (reason) {
            case STALE -> "dropped_stale";
            case NO_SIGNAL -> "dropped_no_signal";
            case UNSCORABLE -> "unscorable";
            case TOO_LONG -> "dropped_too_long";
            case FAILED -> "failed";
        };
    }
}
