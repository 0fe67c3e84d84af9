package dev.freshet.model.fidelity;

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
