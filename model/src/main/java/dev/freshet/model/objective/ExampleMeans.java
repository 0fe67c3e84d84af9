package dev.freshet.model.objective;

import java.util.Arrays;

/** The weights of a mean over examples. */
final class ExampleMeans {
    private ExampleMeans() {}

    static double[] weights(int examples) {
        double[] weights = new double[examples];
        Arrays.fill(weights, 1.0 / examples);
        return weights;
    }
}
