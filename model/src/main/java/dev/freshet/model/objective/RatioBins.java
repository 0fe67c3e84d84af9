package dev.freshet.model.objective;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The mean ratio of teacher to student in bins of noise levels, which f-distill divides by: under the student it is 1 by definition, and
 * where the estimate is not, all of its ratios are off alike.
 *
 * @param means of each bin, from the least noise to the most
 */
public record RatioBins(List<Double> means) {
    /** Keeps a mean of few samples, or of ratios near 0, from dividing by nothing. */
    static final double EPSILON = 1e-6;

    public RatioBins {
        means = List.copyOf(means);
        if (means.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one bin, were none");
        }
    }

    /** Before any batch. */
    public static RatioBins initial(int bins) {
        return new RatioBins(Collections.nCopies(bins, 1.0));
    }

    /**
     * With the means of a batch; a bin that it has no sample of keeps its own.
     *
     * @param places of the samples' noise levels, from 0 to 1
     * @param memory how much of the old means is kept, in [0, 1)
     */
    RatioBins after(double[] ratios, double[] places, double memory) {
        double[] sums = new double[means.size()];
        int[] counts = new int[means.size()];
        for (int i = 0; i < ratios.length; i++) {
            sums[bin(places[i])] += ratios[i];
            counts[bin(places[i])]++;
        }
        List<Double> next = new ArrayList<>(means);
        for (int bin = 0; bin < counts.length; bin++) {
            if (counts[bin] > 0) {
                double mean = sums[bin] / (counts[bin] + EPSILON);
                next.set(bin, memory * means.get(bin) + (1 - memory) * mean);
            }
        }
        return new RatioBins(next);
    }

    /** The ratio in units of its bin's mean. */
    double normalised(double ratio, double place) {
        return ratio / (means.get(bin(place)) + EPSILON);
    }

    private int bin(double place) {
        return (int) Math.max(0, Math.min(means.size() - 1, Math.floor(place * means.size())));
    }
}
