package dev.freshet.model.learning;

import java.util.Map;

/** The sharpness of a step: the mean over the mini-batches at which it was measured. */
final class SharpnessMean {
    private static final String MEASURE = "sharpness";

    private double total;
    private int count;

    /** @param sharpness NaN if it was not measured */
    void add(double sharpness) {
        if (!Double.isNaN(sharpness)) {
            total += sharpness;
            count++;
        }
    }

    /** Puts the mean under its name, if there is one. */
    void putInto(Map<String, Double> measures) {
        if (count > 0) {
            measures.put(MEASURE, total / count);
        }
    }
}
