package dev.freshet.ops.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What was measured again and again: one value a round of a trial, or one a sample of a run. */
record Series(List<Double> values) {
    Series {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a series must have at least one value, had none");
        }
    }

    static <T> Series of(List<T> samples, ToDoubleFunction<T> value) {
        return new Series(samples.stream().mapToDouble(value).boxed().toList());
    }

    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The smallest value that a share of all values, in (0, 1], do not exceed. */
    double quantile(double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
    }

    double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** This over the other, round by round. */
    Series over(Series other) {
        return with(other, (mine, theirs) -> mine / theirs);
    }

    /** This less the other, round by round. */
    Series minus(Series other) {
        return with(other, (mine, theirs) -> mine - theirs);
    }

    /** The sum of both, round by round. */
    Series plus(Series other) {
        return with(other, Double::sum);
    }

    /** Each value by the same divisor. */
    Series over(double divisor) {
        return new Series(values.stream().map(value -> value / divisor).toList());
    }

    /** The smaller of both, round by round. */
    Series least(Series other) {
        return with(other, Math::min);
    }

    /** The slope of the least-squares line through the points that have these values over the other's. */
    double slopeOver(Series other) {
        Series mine = centred();
        Series theirs = other.centred();
        return mine.times(theirs).mean() / theirs.times(theirs).mean();
    }

    /** The median with its spread. */
    Result result(String metric, String unit, Map<String, ?> holdsFor) {
        Map<String, Object> extra = new LinkedHashMap<>(holdsFor);
        extra.put("min", min());
        extra.put("max", max());
        extra.put("rounds", values.size());
        return new Result(metric, median(), unit, extra);
    }

    private double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private Series centred() {
        double mean = mean();
        return new Series(values.stream().map(value -> value - mean).toList());
    }

    private Series times(Series other) {
        return with(other, (mine, theirs) -> mine * theirs);
    }

    private Series with(Series other, DoubleBinaryOperator operator) {
        if (other.values.size() != values.size()) {
            throw new IllegalArgumentException("series to be paired must have as many rounds, had " + values.size()
                    + " and " + other.values.size());
        }
        return new Series(IntStream.range(0, values.size())
                .mapToObj(round -> operator.applyAsDouble(values.get(round), other.values.get(round)))
                .toList());
    }
}
