package dev.freshet.model.objective;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The estimate of f-DPG's partition function Z of each context: the mean of P(x) / q(x) over all samples x of the context so far, with
 * P the unnormalised target and q what sampled x (Go et al. 2023, algorithm 1). Kept as logarithms, since neither P nor q of a
 * sequence fits a float.
 */
final class PartitionEstimate {
    private static final int NUMBERS = 3;

    /** The context seen last is the last. */
    private final Map<Long, Sum> sums = new LinkedHashMap<>();

    private final int capacity;

    /**
     * @param logSum ln of the sum of P / q; -Infinity while every sample had P = 0
     * @param samples number of them
     */
    private record Sum(double logSum, double samples) {
        private static final Sum NONE = new Sum(Double.NEGATIVE_INFINITY, 0);

        private Sum plus(double logRatio) {
            return new Sum(logAddExp(logSum, logRatio), samples + 1);
        }
    }

    /** @param capacity contexts that {@link #toNumbers} takes, at least 1; of more, those seen last */
    PartitionEstimate(int capacity) {
        this.capacity = capacity;
    }

    /** @param context a number that a double holds */
    void add(long context, double logRatio) {
        if (Double.isNaN(logRatio) || logRatio == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("a sample's ln P - ln q must be finite or -Infinity, was " + logRatio);
        }
        Sum before = sums.remove(context);
        sums.put(context, (before == null ? Sum.NONE : before).plus(logRatio));
    }

    /** ln Z of a context, -Infinity while nothing of the target was seen in it. */
    double logPartition(long context) {
        Sum sum = sums.getOrDefault(context, Sum.NONE);
        return sum.samples() == 0 ? Double.NEGATIVE_INFINITY : sum.logSum() - Math.log(sum.samples());
    }

    /** All that has been added, context by context. */
    List<Double> toNumbers() {
        List<Double> numbers = new ArrayList<>();
        sums.entrySet().stream().skip(Math.max(0, sums.size() - capacity)).forEach(entry -> {
            Sum sum = entry.getValue();
            numbers.addAll(List.of((double) entry.getKey(), sum.logSum(), sum.samples()));
        });
        return numbers;
    }

    /** @param numbers those of {@link #toNumbers} */
    static PartitionEstimate of(List<Double> numbers, int capacity) {
        PartitionEstimate estimate = new PartitionEstimate(capacity);
        for (int i = 0; i + NUMBERS <= numbers.size(); i += NUMBERS) {
            long context = numbers.get(i).longValue();
            estimate.sums.put(context, new Sum(numbers.get(i + 1), numbers.get(i + 2)));
        }
        return estimate;
    }

    private static double logAddExp(double a, double b) {
        double larger = Math.max(a, b);
        if (larger == Double.NEGATIVE_INFINITY) {
            return larger;
        }
        return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
    }
}
