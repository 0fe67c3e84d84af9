package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.OptionalDouble;

/**
 * The numbers of {@link Grpo}; {@code learning.conf} documents each under {@code freshet.grpo}.
 *
 * @param advantage credit of a rollout within its group
 * @param equalRewards what becomes of a group of equal rewards, while no penalty gives it something to teach
 * @param clipLow the ratio of policy over behaviour counts from 1 - clipLow on, in (0, 1]
 * @param clipHigh the ratio counts up to 1 + clipHigh, above 0
 * @param dualClip with a negative advantage the ratio counts up to this, above 1; empty for no such bound
 * @param aggregation of token losses
 * @param lengthNorm constant length in tokens for the aggregations that divide by one, at least 1
 * @param logRatioClamp bound of log ratios to behaviour and reference on both sides, in nats, in (0, 80]
 * @param divergenceWeightCap bound of the importance weight policy over behaviour in the divergence term, at least 1
 */
public record GrpoSettings(
        GroupAdvantage advantage,
        EqualRewards equalRewards,
        double clipLow,
        double clipHigh,
        OptionalDouble dualClip,
        LossAggregation aggregation,
        int lengthNorm,
        double logRatioClamp,
        double divergenceWeightCap) {

    /** exp(80) is the last whole power of e that float32 holds with room for a product. */
    private static final double LARGEST_LOG_RATIO = 80;

    public GrpoSettings {
        require(clipLow > 0 && clipLow <= 1, "clip-low must be above 0 and at most 1", clipLow, "clip-low");
        require(
                clipHigh > 0 && Double.isFinite(clipHigh),
                "clip-high must be finite and above 0",
                clipHigh,
                "clip-high");
        if (dualClip.isPresent()) {
            double bound = dualClip.getAsDouble();
            require(
                    bound > 1 && Double.isFinite(bound),
                    "dual-clip must be finite and above 1, or off",
                    bound,
                    "dual-clip");
        }
        require(lengthNorm >= 1, "length-norm must be at least 1 token", lengthNorm, "length-norm");
        require(
                logRatioClamp > 0 && logRatioClamp <= LARGEST_LOG_RATIO,
                "log-ratio-clamp must be above 0 and at most 80 nats",
                logRatioClamp,
                "log-ratio-clamp");
        require(
                divergenceWeightCap >= 1 && Double.isFinite(divergenceWeightCap),
                "divergence-weight-cap must be finite and at least 1",
                divergenceWeightCap,
                "divergence-weight-cap");
    }

    /** Reads {@code freshet.grpo} of a whole configuration. */
    public static GrpoSettings from(Config config) {
        Config grpo = config.getConfig("freshet.grpo");
        return new GrpoSettings(
                GroupAdvantage.parse(grpo.getString("advantage")),
                EqualRewards.parse(grpo.getString("equal-rewards")),
                grpo.getDouble("clip-low"),
                grpo.getDouble("clip-high"),
                dualClip(grpo),
                LossAggregation.parse(grpo.getString("aggregation")),
                grpo.getInt("length-norm"),
                grpo.getDouble("log-ratio-clamp"),
                grpo.getDouble("divergence-weight-cap"));
    }

    private static OptionalDouble dualClip(Config grpo) {
        return grpo.getString("dual-clip").equals("off")
                ? OptionalDouble.empty()
                : OptionalDouble.of(grpo.getDouble("dual-clip"));
    }

    private static void require(boolean holds, String rule, Number value, String key) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value + " (freshet.grpo." + key + ")");
        }
    }
}
