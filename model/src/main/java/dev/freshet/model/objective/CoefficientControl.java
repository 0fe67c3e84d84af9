package dev.freshet.model.objective;

import com.typesafe.config.Config;
import dev.freshet.model.rollout.PolicyVersion;

/**
 * How the divergence's coefficient changes from step to step. The coefficient in force is all the state that there is: a checkpoint has
 * it, and so a resumed run goes on exactly.
 */
public sealed interface CoefficientControl {
    /**
     * The coefficient of the next step.
     *
     * @param version that the step before has made
     * @param divergence as it was estimated on that step's tokens; NaN if it was not
     */
    double next(double coefficient, PolicyVersion version, double divergence);

    /** @throws IllegalArgumentException if it cannot go on from that coefficient */
    default void requireFits(double coefficient) {}

    /** @throws IllegalArgumentException if a coefficient above 0 may become 0, which {@code objective} cannot do with */
    default void requireStaysAboveZero(String objective) {}

    /** Reads {@code freshet.divergence-control} of a whole configuration. */
    static CoefficientControl from(Config config) {
        Config control = config.getConfig("freshet.divergence-control");
        // Values of kinds that are not in force are checked as well: they may be set long before the kind is.
        Linear linear = new Linear(control.getDouble("final-coefficient"), control.getInt("until-version"));
        Adaptive adaptive = new Adaptive(control.getDouble("target"), control.getDouble("gain"));
        String kind = control.getString("kind");
        return switch (kind) {
            case "fixed" -> new Fixed();
            case "linear" -> linear;
            case "adaptive" -> adaptive;
            default ->
                throw new IllegalArgumentException("kind must be fixed, linear or adaptive, was \"" + kind
                        + "\" (freshet.divergence-control.kind)");
        };
    }

    /** Stays as it is set. */
    record Fixed() implements CoefficientControl {
        @Override
        public double next(double coefficient, PolicyVersion version, double divergence) {
            return coefficient;
        }
    }

    /**
     * Goes in equal steps from the coefficient in force to another; after a switch, from there.
     *
     * @param last coefficient, at least 0
     * @param until the first policy version that is made with it, at least 1
     */
    record Linear(double last, long until) implements CoefficientControl {
        public Linear {
            require(
                    last >= 0 && Double.isFinite(last),
                    "final-coefficient must be finite and at least 0",
                    last,
                    "final-coefficient");
            require(until >= 1, "until-version must be at least 1", until, "until-version");
        }

        @Override
        public double next(double coefficient, PolicyVersion version, double divergence) {
            long left = until - version.number();
            return left <= 1 ? last : coefficient + (last - coefficient) / left;
        }

        @Override
        public void requireStaysAboveZero(String objective) {
            require(last > 0, "final-coefficient must be above 0 for " + objective, last, "final-coefficient");
        }
    }

    /**
     * Holds the divergence at a target: coefficient * (1 + gain * clip(divergence / target - 1, -0.2, 0.2)), at most 1e100. Ziegler et al. 2019,
     * "Fine-Tuning Language Models from Human Preferences" (arXiv 1909.08593), section 2.2, whose gain is 0.1.
     *
     * @param target divergence per token, in nats, above 0
     * @param gain in (0, 1]
     */
    record Adaptive(double target, double gain) implements CoefficientControl {
        private static final double LARGEST_ERROR = 0.2;
        private static final double LARGEST_COEFFICIENT = 1e100;

        public Adaptive {
            require(target > 0 && Double.isFinite(target), "target must be finite and above 0", target, "target");
            require(gain > 0 && gain <= 1, "gain must be above 0 and at most 1", gain, "gain");
        }

        @Override
        public double next(double coefficient, PolicyVersion version, double divergence) {
            if (Double.isNaN(divergence)) {
                return coefficient;
            }
            double error = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, divergence / target - 1));
            // So that it stays one that is allowed, however long the divergence stays away from the target.
            return Math.max(Double.MIN_NORMAL, Math.min(LARGEST_COEFFICIENT, coefficient * (1 + gain * error)));
        }

        @Override
        public void requireFits(double coefficient) {
            if (!(coefficient > 0)) {
                throw new IllegalArgumentException(
                        "divergence coefficient must be above 0 to adapt, was " + coefficient
                                + " (freshet.divergence-coefficient): set it, or kind = fixed (freshet.divergence-control.kind)");
            }
        }
    }

    private static void require(boolean holds, String rule, Number value, String key) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value + " (freshet.divergence-control." + key + ")");
        }
    }
}
