package dev.freshet.model.objective;

import java.util.List;
import java.util.stream.Stream;

/**
 * The credit of a rollout within its group, for rewards r_1..r_G of mean m and sample standard deviation s (divisor G - 1).
 * Equal rewards give zeros under every rule, never 0/0.
 */
public enum GroupAdvantage {
    /** (r - m) / (s + 1e-6): Shao et al. 2024, "DeepSeekMath", section 4.1; s with divisor G - 1 as verl and TRL have it. */
    STANDARDISED("standardised") {
        @Override
        double scale(double sumOfSquares, int size) {
            return 1 / (Math.sqrt(sumOfSquares / (size - 1)) + STANDARD_DEVIATION_FLOOR);
        }
    },
    /** r - m: Liu et al. 2025, "Understanding R1-Zero-Like Training" (Dr. GRPO). */
    CENTRED("centred") {
        @Override
        double scale(double sumOfSquares, int size) {
            return 1;
        }
    },
    /** r minus the mean of the others, which is G / (G - 1) (r - m): Ahmadian et al. 2024, "Back to Basics" (RLOO). */
    LEAVE_ONE_OUT("leave-one-out") {
        @Override
        double scale(double sumOfSquares, int size) {
            return size / (size - 1.0);
        }
    };

    /** Added to the standard deviation, so that nearly equal rewards do not get huge advantages; the value of verl. */
    private static final double STANDARD_DEVIATION_FLOOR = 1e-6;

    private final String spec;

    GroupAdvantage(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    /** The advantage of each reward, in the same order; rewards must be finite. */
    public List<Double> of(List<Double> rewards) {
        if (rewards.stream().distinct().count() < 2) {
            return rewards.stream().map(reward -> 0.0).toList();
        }
        double mean =
                rewards.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double sumOfSquares = rewards.stream()
                .mapToDouble(reward -> (reward - mean) * (reward - mean))
                .sum();
        double scale = scale(sumOfSquares, rewards.size());
        return rewards.stream().map(reward -> (reward - mean) * scale).toList();
    }

    abstract double scale(double sumOfSquares, int size);

    /** @throws IllegalArgumentException naming the known rules if {@code spec} is none of them */
    public static GroupAdvantage parse(String spec) {
        return Stream.of(values())
                .filter(rule -> rule.spec.equals(spec))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("group advantage must be one of "
                        + Stream.of(values()).map(GroupAdvantage::spec).toList() + ", was \"" + spec
                        + "\" (freshet.grpo.advantage)"));
    }
}
