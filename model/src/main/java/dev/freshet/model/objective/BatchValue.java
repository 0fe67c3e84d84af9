package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.OwnedArray;
import java.util.Arrays;

/**
 * V_0 of {@link FSft}, solved on a mini-batch: the V at which the loss V - mean phi(x + V) is least. phi is concave, so the mean of phi'(x + V)
 * falls with V, and is 1 there; below the floor phi goes on as a straight line.
 */
final class BatchValue {
    /** Halvings of the bracket, which is at most some hundreds wide: to rounding. */
    private static final int HALVINGS = 60;

    /** The widest bracket on either side, in implicit reward. */
    private static final double FARTHEST = 1 << 10;

    /** Half the width of the difference that stands for phi': its error is its square. */
    private static final double STEP = 1e-5;

    private final FDivergence divergence;
    private final double floor;
    private double[] rewards = new double[64];
    private double[] weights = new double[64];
    private int size;

    /** @param floor of rewards, or negative infinity */
    BatchValue(FDivergence divergence, double floor) {
        this.divergence = divergence;
        this.floor = floor;
    }

    /** @param weight weights of all add up to 1 or, where they do not, count by their share */
    void add(double reward, double weight) {
        if (size == rewards.length) {
            rewards = Arrays.copyOf(rewards, 2 * size);
            weights = Arrays.copyOf(weights, 2 * size);
        }
        rewards[size] = reward;
        weights[size] = weight;
        size++;
    }

    /** The bracket's end that is nearer where no V makes the mean 1, as with total variation, whose phi' is 1 everywhere: then 0. */
    double solved(NDManager owner) {
        if (Math.abs(excess(0, owner)) < STEP) {
            return 0;
        }
        double low = 0;
        double high = 0;
        double width = 1;
        while (excess(low, owner) < 0 && width <= FARTHEST) {
            low -= width;
            width *= 2;
        }
        width = 1;
        while (excess(high, owner) > 0 && width <= FARTHEST) {
            high += width;
            width *= 2;
        }
        for (int halving = 0; halving < HALVINGS; halving++) {
            double middle = (low + high) / 2;
            if (excess(middle, owner) > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** Mean of phi'(x + V) less 1: falls with V. */
    private double excess(double value, NDManager owner) {
        double[] above = new double[size];
        double[] below = new double[size];
        double total = 0;
        for (int i = 0; i < size; i++) {
            double shifted = Math.max(rewards[i] + value, floor);
            above[i] = shifted + STEP;
            below[i] = shifted - STEP;
            total += weights[i];
        }
        try (NDManager scratch = owner.newSubManager()) {
            NDArray rise =
                    divergence.phi(OwnedArray.of(above, scratch)).sub(divergence.phi(OwnedArray.of(below, scratch)));
            double[] rises = rise.toDoubleArray();
            double mean = 0;
            for (int i = 0; i < size; i++) {
                mean += weights[i] / total * rises[i] / (2 * STEP);
            }
            return mean - 1;
        }
    }
}
