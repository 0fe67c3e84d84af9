package dev.freshet.model.fidelity;

import java.util.Arrays;

/** Samples of so many numbers each. */
public final class SampleSet {
    private final int dimensions;
    private final float[] values; // (samples, dimensions)

    /** @param values (samples, dimensions), at least one sample; this object's from now on */
    public SampleSet(int dimensions, float[] values) {
        if (dimensions < 1 || values.length == 0 || values.length % dimensions != 0) {
            throw new IllegalArgumentException("samples of " + dimensions + " numbers each must have a multiple of that"
                    + " many, had " + values.length);
        }
        this.dimensions = dimensions;
        this.values = values;
    }

    /** Number of samples. */
    public int size() {
        return values.length / dimensions;
    }

    public int dimensions() {
        return dimensions;
    }

    public float value(int sample, int dimension) {
        return values[sample * dimensions + dimension];
    }

    /** A copy of some samples, in the order of their numbers. */
    public SampleSet chosen(long[] samples) {
        float[] some = new float[Math.multiplyExact(samples.length, dimensions)];
        for (int i = 0; i < samples.length; i++) {
            System.arraycopy(values, (int) samples[i] * dimensions, some, i * dimensions, dimensions);
        }
        return new SampleSet(dimensions, some);
    }

    /** The first samples, or all if there are fewer. */
    public SampleSet first(int count) {
        return new SampleSet(dimensions, Arrays.copyOf(values, Math.min(count, size()) * dimensions));
    }

    /** A copy of all numbers, (samples, dimensions). */
    public float[] toArray() {
        return values.clone();
    }

    public boolean isFinite() {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    double squaredDistance(int sample, SampleSet others, int other) {
        double sum = 0;
        for (int i = 0; i < dimensions; i++) {
            double apart = value(sample, i) - others.value(other, i);
            sum += apart * apart;
        }
        return sum;
    }
}
