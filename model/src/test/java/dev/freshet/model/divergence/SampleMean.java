package dev.freshet.model.divergence;

/** A mean over samples. */
final class SampleMean {
    private double sum;
    private double squares;
    private long count;

    void add(double sample) {
        sum += sample;
        squares += sample * sample;
        count++;
    }

    double standardErrorsFrom(double exact) {
        double mean = sum / count;
        double variance = squares / count - mean * mean;
        return Math.abs(mean - exact) / Math.sqrt(variance / count);
    }
}
