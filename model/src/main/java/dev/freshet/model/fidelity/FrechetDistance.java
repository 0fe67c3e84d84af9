package dev.freshet.model.fidelity;

/**
 * Frechet's distance between the Gaussians with the means and covariances of two sets of features (Dowson and Landau 1982; on features
 * of images, Heusel et al. 2017, arXiv 1706.08500):
 *
 * <pre>
 *   d^2 = |m1 - m2|^2 + tr C1 + tr C2 - 2 tr (C1^(1/2) C2 C1^(1/2))^(1/2)
 * </pre>
 */
public final class FrechetDistance {
    private FrechetDistance() {}

    /** d^2; both sets have the same dimensions and at least two samples. */
    public static double squared(SampleSet one, SampleSet other) {
        if (one.dimensions() != other.dimensions() || one.size() < 2 || other.size() < 2) {
            throw new IllegalArgumentException(
                    "two sets of at least 2 samples of equal dimensions can be compared, were " + one.size() + " of "
                            + one.dimensions() + " and " + other.size() + " of " + other.dimensions());
        }
        double[] mean = means(one);
        double[] otherMean = means(other);
        double apart = 0;
        for (int i = 0; i < mean.length; i++) {
            apart += (mean[i] - otherMean[i]) * (mean[i] - otherMean[i]);
        }
        SymmetricMatrix covariance = covariance(one, mean);
        SymmetricMatrix otherCovariance = covariance(other, otherMean);
        SymmetricMatrix root = covariance.squareRoot();
        SymmetricMatrix between = otherCovariance.between(root);
        double distance = apart + covariance.trace() + otherCovariance.trace() - 2 * between.traceOfSquareRoot();
        return Math.max(0, distance); // Below 0 by rounding alone.
    }

    private static double[] means(SampleSet samples) {
        double[] means = new double[samples.dimensions()];
        for (int i = 0; i < samples.size(); i++) {
            for (int j = 0; j < means.length; j++) {
                means[j] += samples.value(i, j) / samples.size();
            }
        }
        return means;
    }

    /** With divisor n - 1. */
    private static SymmetricMatrix covariance(SampleSet samples, double[] means) {
        int size = means.length;
        double[][] sums = new double[size][size];
        for (int i = 0; i < samples.size(); i++) {
            for (int row = 0; row < size; row++) {
                double deviation = samples.value(i, row) - means[row];
                for (int column = 0; column <= row; column++) {
                    sums[row][column] += deviation * (samples.value(i, column) - means[column]);
                }
            }
        }
        double[][] covariance = new double[size][size];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column <= row; column++) {
                covariance[row][column] = sums[row][column] / (samples.size() - 1);
                covariance[column][row] = covariance[row][column];
            }
        }
        return new SymmetricMatrix(covariance);
    }
}
