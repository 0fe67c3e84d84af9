package dev.freshet.model.objective;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * f-DPG's baseline: the mean of the newest pseudo-rewards of earlier batches, none before the first. Values that are not finite are left
 * out, since one would spoil the window for as long as it lasts.
 */
final class BaselineWindow {
    private final int size;
    private final Deque<Double> newest = new ArrayDeque<>();

    /**
     * @param size pseudo-rewards that it holds at most, at least 1
     * @param values of earlier batches, the newest last
     */
    BaselineWindow(int size, List<Double> values) {
        this.size = size;
        add(values);
    }

    /** 0 before the first batch. */
    double baseline() {
        return newest.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** After a batch has used the baseline. */
    void add(List<Double> pseudoRewards) {
        for (double reward : pseudoRewards) {
            if (Double.isFinite(reward)) {
                newest.addLast(reward);
            }
        }
        while (newest.size() > size) {
            newest.removeFirst();
        }
    }

    /** The newest last. */
    List<Double> values() {
        return List.copyOf(newest);
    }
}
