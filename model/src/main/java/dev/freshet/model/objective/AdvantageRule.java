package dev.freshet.model.objective;

import java.util.List;

/**
 * The credit of a rollout among others. Rewards that are all equal give zeros under every rule, never 0/0.
 *
 * <pre>
 *   r  reward    m, s  mean and standard deviation of a group's rewards (divisor G - 1)
 *                M, S  the same over all tokens of the batch, each with its rollout's number
 * </pre>
 */
public enum AdvantageRule {
    /** (r - m) / (s + 1e-6): Shao et al. 2024, "DeepSeekMath", section 4.1; s with divisor G - 1 as verl and TRL have it. */
    STANDARDISED("standardised", Peers.GROUP) {
        @Override
        List<List<Double>> of(List<RewardedGroup> batch) {
            return inGroups(batch, (sumOfSquares, size) -> 1 / (Math.sqrt(sumOfSquares / (size - 1)) + FLOOR));
        }
    },
    /** r - m: Liu et al. 2025, "Understanding R1-Zero-Like Training" (Dr. GRPO). */
    CENTRED("centred", Peers.GROUP) {
        @Override
        List<List<Double>> of(List<RewardedGroup> batch) {
            return inGroups(batch, (sumOfSquares, size) -> 1);
        }
    },
    /** r minus the mean of the others, which is G / (G - 1) (r - m): Ahmadian et al. 2024, "Back to Basics" (RLOO). */
    LEAVE_ONE_OUT("leave-one-out", Peers.GROUP) {
        @Override
        List<List<Double>> of(List<RewardedGroup> batch) {
            return inGroups(batch, (sumOfSquares, size) -> size / (size - 1.0));
        }
    },
    /** (r - M) / (S + 1e-6): Hu et al. 2025, "REINFORCE++" (arXiv 2501.03262); needs no groups. */
    BATCH_STANDARDISED("batch-standardised", Peers.BATCH) {
        @Override
        List<List<Double>> of(List<RewardedGroup> batch) {
            return standardised(
                    batch, batch.stream().map(RewardedGroup::rewards).toList());
        }
    },
    /** r - m, divided by the S of these differences + 1e-6: the same paper's REINFORCE++-baseline. */
    CENTRED_BATCH_STANDARDISED("centred-batch-standardised", Peers.GROUP) {
        @Override
        List<List<Double>> of(List<RewardedGroup> batch) {
            return standardised(batch, CENTRED.of(batch));
        }
    };

    /** Whom a rollout is compared with. */
    public enum Peers {
        /** The rollouts of its own prompt: at least two. */
        GROUP,
        /** All that are learnt from at once. */
        BATCH
    }

    /**
     * What of a group decides its advantages.
     *
     * @param rewards finite
     * @param lengths completion tokens of each rollout, at least 1
     */
    record RewardedGroup(List<Double> rewards, List<Integer> lengths) {
        RewardedGroup {
            rewards = List.copyOf(rewards);
            lengths = List.copyOf(lengths);
        }
    }

    @FunctionalInterface
    private interface Scale {
        /** @param sumOfSquares of the differences from the mean */
        double of(double sumOfSquares, int size);
    }

    /** Added to a standard deviation, so that nearly equal rewards do not get huge advantages; the value of verl. */
    private static final double FLOOR = 1e-6;

    private final String spec;
    private final Peers peers;

    AdvantageRule(String spec, Peers peers) {
        this.spec = spec;
        this.peers = peers;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    public Peers peers() {
        return peers;
    }

    /** The advantage of each reward, in the same order. */
    abstract List<List<Double>> of(List<RewardedGroup> batch);

    private static List<List<Double>> inGroups(List<RewardedGroup> batch, Scale scale) {
        return batch.stream().map(group -> inGroup(group.rewards(), scale)).toList();
    }

    private static List<Double> inGroup(List<Double> rewards, Scale scale) {
        if (areEqual(rewards)) {
            return rewards.stream().map(reward -> 0.0).toList();
        }
        double mean =
                rewards.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double sumOfSquares = rewards.stream()
                .mapToDouble(reward -> (reward - mean) * (reward - mean))
                .sum();
        double factor = scale.of(sumOfSquares, rewards.size());
        return rewards.stream().map(reward -> (reward - mean) * factor).toList();
    }

    private static List<List<Double>> standardised(List<RewardedGroup> batch, List<List<Double>> credits) {
        if (areEqual(credits.stream().flatMap(List::stream).toList())) {
            return credits.stream()
                    .map(group -> group.stream().map(credit -> 0.0).toList())
                    .toList();
        }
        double tokens = sumOverTokens(batch, credits, 0, 0);
        double mean = sumOverTokens(batch, credits, 0, 1) / tokens;
        double deviation = Math.sqrt(sumOverTokens(batch, credits, mean, 2) / (tokens - 1)) + FLOOR;
        return credits.stream()
                .map(group -> group.stream()
                        .map(credit -> (credit - mean) / deviation)
                        .toList())
                .toList();
    }

    /** The sum over all tokens of (credit - offset)^power. */
    private static double sumOverTokens(
            List<RewardedGroup> batch, List<List<Double>> credits, double offset, int power) {
        double sum = 0;
        for (int group = 0; group < batch.size(); group++) {
            List<Integer> lengths = batch.get(group).lengths();
            for (int rollout = 0; rollout < lengths.size(); rollout++) {
                sum += lengths.get(rollout) * Math.pow(credits.get(group).get(rollout) - offset, power);
            }
        }
        return sum;
    }

    private static boolean areEqual(List<Double> numbers) {
        return numbers.stream().distinct().count() < 2;
    }

    /** @throws IllegalArgumentException naming the known rules if {@code spec} is none of them */
    public static AdvantageRule parse(String spec) {
        return Specs.parse("advantage", spec, List.of(values()), AdvantageRule::spec);
    }
}
