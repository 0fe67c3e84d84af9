package dev.freshet.model.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many of a quantity's values fell where. Immutable; made a batch at a time, so that whoever is told of it does nothing for
 * each token.
 *
 * @param bounds ascending upper bounds, each inclusive
 * @param counts values up to each bound and above the one before, and last those above all
 * @param sum of all values
 */
public record Distribution(List<Double> bounds, List<Long> counts, double sum) {
    public Distribution {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
        if (counts.size() != bounds.size() + 1) {
            throw new IllegalArgumentException(
                    "a distribution over " + bounds.size() + " bounds must have one count more, had " + counts.size());
        }
    }

    /** Of no values. */
    public static Distribution empty(List<Double> bounds) {
        return new Tally(bounds).distribution();
    }

    /** Of the values of both, over the same bounds. */
    public Distribution plus(Distribution other) {
        if (!bounds.equals(other.bounds)) {
            throw new IllegalArgumentException(
                    "distributions must have the same bounds to be added, had " + bounds + " and " + other.bounds);
        }
        List<Long> both = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            both.add(counts.get(i) + other.counts.get(i));
        }
        return new Distribution(bounds, both, sum + other.sum);
    }

    /** Number of values. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** Counts values, and allocates nothing for one. */
    static final class Tally {
        private final List<Double> bounds;
        private final double[] limits;
        private final long[] counts;
        private double sum;

        Tally(List<Double> bounds) {
            this.bounds = List.copyOf(bounds);
            this.limits = bounds.stream().mapToDouble(Double::doubleValue).toArray();
            this.counts = new long[limits.length + 1];
        }

        /** A value that is not finite is left out: it has no place, and would spoil the sum for ever. */
        void add(double value) {
            add(value, 1);
        }

        void add(double value, long times) {
            if (!Double.isFinite(value)) {
                return;
            }
            int found = Arrays.binarySearch(limits, value);
            counts[found >= 0 ? found : -found - 1] += times;
            sum += value * times;
        }

        Distribution distribution() {
            return new Distribution(bounds, Arrays.stream(counts).boxed().toList(), sum);
        }
    }
}
