package dev.freshet.ops.experiment;

import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/** The results of all arms and seeds, in the order in which they were measured. */
record ArmTable(List<ArmResult> results) {
    ArmTable {
        results = List.copyOf(results);
    }

    List<String> arms() {
        return results.stream().map(ArmResult::arm).distinct().toList();
    }

    List<Long> seeds() {
        return results.stream().map(ArmResult::seed).distinct().toList();
    }

    double value(String arm, long seed, String metric) {
        return results.stream()
                .filter(result -> result.arm().equals(arm) && result.seed() == seed)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no arm " + arm + " with seed " + seed))
                .metric(metric);
    }

    /** Over the seeds. */
    double mean(String arm, String metric) {
        return values(arm, metric).average().orElseThrow(() -> new IllegalArgumentException("there is no arm " + arm));
    }

    /** Sample standard deviation over the seeds, divisor n - 1; NaN with fewer than two. */
    double deviation(String arm, String metric) {
        double[] values = values(arm, metric).toArray();
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = mean(arm, metric);
        return Math.sqrt(DoubleStream.of(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1));
    }

    /** The arms from the largest mean to the smallest. */
    List<String> descending(String metric) {
        return arms().stream()
                .sorted(Comparator.comparingDouble((String arm) -> mean(arm, metric))
                        .reversed())
                .toList();
    }

    private DoubleStream values(String arm, String metric) {
        return results.stream().filter(result -> result.arm().equals(arm)).mapToDouble(result -> result.metric(metric));
    }
}
