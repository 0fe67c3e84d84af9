package dev.freshet.model.rollout;

import java.util.Arrays;

/** Natural logarithms of one probability per token, immutable and equal by value. */
public final class LogProbs {
    private static final LogProbs EMPTY = new LogProbs(new float[0]);

    private final float[] values;

    private LogProbs(float[] values) {
        this.values = values;
    }

    public static LogProbs of(float... values) {
        return values.length == 0 ? EMPTY : new LogProbs(values.clone());
    }

    public int size() {
        return values.length;
    }

    public float get(int position) {
        return values[position];
    }

    /** Copies all values into {@code target} from {@code offset} on. */
    public void copyTo(float[] target, int offset) {
        System.arraycopy(values, 0, target, offset, values.length);
    }

    /** The log-probability of the whole sequence, summed in double precision. */
    public double sum() {
        double total = 0;
        for (float value : values) {
            total += value;
        }
        return total;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogProbs logProbs && Arrays.equals(values, logProbs.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
