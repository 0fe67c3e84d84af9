package dev.freshet.ops.bench;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The least-squares slope of equally spaced samples, with an interval that holds for samples that depend on each other, as those
 * of a process's memory do.
 *
 * <p>Moving-block bootstrap (Kunsch 1989) of the line's residuals: blocks of consecutive residuals, drawn with replacement, are
 * laid end to end on the line, and the slope is taken anew. What depends on each other within a block stays together; the block has
 * to be longer than the dependence lasts.
 *
 * @param low 2.5th percentile of the slopes
 * @param high 97.5th percentile of the slopes
 */
record Slope(double value, double low, double high) {
    private static final int DRAWS = 2000;
    private static final double TAIL = 0.025;

    /**
     * @param values at 0, 1, 2, ...; the slope is per step of these
     * @param block residuals that stay together
     */
    static Slope of(List<Double> values, int block, SplittableRandom random) {
        int samples = values.size();
        if (block < 1 || samples < 2 * block) {
            throw new IllegalArgumentException(
                    "samples must be at least two blocks of at least 1, were " + samples + ", in blocks of " + block);
        }
        double[] observed = values.stream().mapToDouble(Double::doubleValue).toArray();
        double slope = slope(observed);
        double[] residuals = residuals(observed, slope);
        double[] slopes = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            slopes[draw] = slope + slope(shuffled(residuals, block, random));
        }
        Arrays.sort(slopes);
        return new Slope(slope, slopes[(int) (DRAWS * TAIL)], slopes[(int) (DRAWS * (1 - TAIL)) - 1]);
    }

    Slope times(double factor) {
        return new Slope(value * factor, low * factor, high * factor);
    }

    /** sum (i - mean) y_i / sum (i - mean)^2, i = 0 .. n - 1. */
    private static double slope(double[] values) {
        double middle = (values.length - 1) / 2.0;
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < values.length; i++) {
            covariance += (i - middle) * values[i];
            variance += (i - middle) * (i - middle);
        }
        return covariance / variance;
    }

    private static double[] residuals(double[] values, double slope) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double middle = (values.length - 1) / 2.0;
        double[] residuals = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            residuals[i] = values[i] - mean - slope * (i - middle);
        }
        return residuals;
    }

    private static double[] shuffled(double[] residuals, int block, SplittableRandom random) {
        double[] shuffled = new double[residuals.length];
        for (int start = 0; start < shuffled.length; start += block) {
            int from = random.nextInt(residuals.length - block + 1);
            System.arraycopy(residuals, from, shuffled, start, Math.min(block, shuffled.length - start));
        }
        return shuffled;
    }
}
