package dev.freshet.ops.experiment;

import java.util.List;

/** Whether a metric rises from arm to arm. */
final class RankTrend {
    private RankTrend() {}

    /**
     * Of each metric; nothing unless all arms were run.
     *
     * @param varied from arm to arm
     */
    static List<Check> told(ArmTable table, String varied, List<String> ascending, List<String> metrics) {
        if (!table.arms().containsAll(ascending)) {
            return List.of();
        }
        return metrics.stream()
                .map(metric -> Check.told(
                        metric + " over " + varied,
                        "rank correlation over all seeds, 1 where it rises in each",
                        of(table, ascending, metric)))
                .toList();
    }

    /**
     * Kendall's rank correlation of a metric with the arms' order, over the pairs of arms of each seed: 1 if it rises everywhere, -1 if
     * it falls everywhere. A tie counts as neither.
     *
     * @param ascending at least two arms, measured with the same seeds
     */
    static double of(ArmTable table, List<String> ascending, String metric) {
        int balance = 0;
        int pairs = 0;
        for (long seed : table.seeds()) {
            for (int lower = 0; lower < ascending.size(); lower++) {
                for (int higher = lower + 1; higher < ascending.size(); higher++) {
                    balance += (int) Math.signum(table.value(ascending.get(higher), seed, metric)
                            - table.value(ascending.get(lower), seed, metric));
                    pairs++;
                }
            }
        }
        return (double) balance / pairs;
    }
}
