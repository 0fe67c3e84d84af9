package dev.freshet.ops.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long something took, again and again. Safe for threads. */
final class Latencies {
    private static final double MILLIS_PER_NANO = 1e-6;

    private final List<Double> millis = new ArrayList<>();

    synchronized void add(Duration duration) {
        millis.add(duration.toNanos() * MILLIS_PER_NANO);
    }

    synchronized int count() {
        return millis.size();
    }

    /** The smallest value that so great a share does not exceed, in milliseconds; NaN without any. */
    synchronized double quantile(double share) {
        if (millis.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = millis.stream().sorted().toList();
        int rank = (int) Math.ceil(share * sorted.size());
        return sorted.get(Math.max(1, rank) - 1);
    }

    /** The 99th percentile, with the others beside it. */
    Result result(String metric, Map<String, ?> holdsFor) {
        Map<String, Object> extra = new LinkedHashMap<>(holdsFor);
        extra.put("p50", quantile(0.5));
        extra.put("max", quantile(1));
        extra.put("count", count());
        return new Result(metric, quantile(0.99), "ms at the 99th percentile", extra);
    }
}
