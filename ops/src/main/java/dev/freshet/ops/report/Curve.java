package dev.freshet.ops.report;

import java.util.Arrays;

/** Points in the order of their x, all finite. */
final class Curve {
    private final double[] x;
    private final double[] y;

    private Curve(double[] x, double[] y) {
        this.x = x;
        this.y = y;
    }

    /** Leaves out points with a coordinate that is not finite. */
    static Curve of(double[] x, double[] y) {
        double[] finiteX = new double[x.length];
        double[] finiteY = new double[x.length];
        int size = 0;
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(x[i]) && Double.isFinite(y[i])) {
                finiteX[size] = x[i];
                finiteY[size] = y[i];
                size++;
            }
        }
        return new Curve(Arrays.copyOf(finiteX, size), Arrays.copyOf(finiteY, size));
    }

    int size() {
        return x.length;
    }

    boolean isEmpty() {
        return x.length == 0;
    }

    double[] x() {
        return x.clone();
    }

    double[] y() {
        return y.clone();
    }

    double firstY() {
        return y[0];
    }

    double lastY() {
        return y[y.length - 1];
    }

    /** Its y as multiples of a unit; without points for which that is not finite. */
    Curve in(double unit) {
        return of(x, Arrays.stream(y).map(value -> value / unit).toArray());
    }

    /** A level line from the first x to the last; empty if the level is not finite. */
    Curve level(double y) {
        if (x.length == 0) {
            return this;
        }
        return of(new double[] {x[0], x[x.length - 1]}, new double[] {y, y});
    }

    /** At most {@code points} points, each the mean of as many neighbours. */
    Curve thinned(int points) {
        return thinned(points, Curve::mean);
    }

    /** At most {@code points} points, each the largest of as many neighbours. */
    Curve peaks(int points) {
        return thinned(
                points,
                (values, from, to) -> Arrays.stream(values, from, to).max().orElseThrow());
    }

    private Curve thinned(int points, Summary summaryOfY) {
        if (x.length <= points) {
            return this;
        }
        double[] thinX = new double[points];
        double[] thinY = new double[points];
        for (int i = 0; i < points; i++) {
            int from = (int) ((long) i * x.length / points);
            int to = (int) ((long) (i + 1) * x.length / points);
            thinX[i] = mean(x, from, to);
            thinY[i] = summaryOfY.of(y, from, to);
        }
        return new Curve(thinX, thinY);
    }

    /** Each y replaced by the mean over it and {@code radius} points to either side, as far as there are any. */
    Curve smoothed(int radius) {
        double[] smooth = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            smooth[i] = mean(y, Math.max(0, i - radius), Math.min(y.length, i + radius + 1));
        }
        return new Curve(x, smooth);
    }

    private static double mean(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum / (to - from);
    }

    private interface Summary {
        double of(double[] values, int from, int to);
    }
}
