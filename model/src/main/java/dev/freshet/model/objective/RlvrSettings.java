package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The choices and numbers of {@link Rlvr}; {@code learning.conf} documents each under {@code freshet.rlvr}.
 *
 * @param advantage credit of a rollout
 * @param overlong what a completion near the longest is punished with; empty for nothing
 * @param equalRewards what becomes of a group of equal rewards
 * @param ratio what ratios are taken of
 * @param surrogate of the improvement
 * @param clipLow ratios count from 1 - clipLow on, in (0, 1]
 * @param clipHigh ratios count up to 1 + clipHigh, above 0
 * @param dualClip with a negative advantage ratios count up to this, above 1; empty for no such bound
 * @param aggregation of token losses
 * @param lengthNorm constant length in tokens for the aggregations that divide by one, at least 1
 * @param proximal the policy that ratios are clipped around
 * @param behaviourWeightCap bound of the importance weight proximal over behaviour, at least 1
 * @param logRatioClamp bound of log ratios on both sides, in nats, in (0, 80]
 * @param divergenceWeightCap bound of the importance weight policy over behaviour in the divergence term, at least 1
 */
public record RlvrSettings(
        AdvantageRule advantage,
        Optional<OverlongPunishment> overlong,
        EqualRewards equalRewards,
        RatioLevel ratio,
        Surrogate surrogate,
        double clipLow,
        double clipHigh,
        OptionalDouble dualClip,
        LossAggregation aggregation,
        int lengthNorm,
        ProximalPolicy proximal,
        double behaviourWeightCap,
        double logRatioClamp,
        double divergenceWeightCap) {

    static final String PATH = "freshet.rlvr";

    private static final String LONGEST = "freshet.generation.max-completion-length";

    /** exp(80) is the last whole power of e that float32 holds with room for a product. */
    private static final double LARGEST_LOG_RATIO = 80;

    public RlvrSettings {
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
        requireCap(behaviourWeightCap, "behaviour-weight-cap");
        require(
                logRatioClamp > 0 && logRatioClamp <= LARGEST_LOG_RATIO,
                "log-ratio-clamp must be above 0 and at most 80 nats",
                logRatioClamp,
                "log-ratio-clamp");
        requireCap(divergenceWeightCap, "divergence-weight-cap");
    }

    /** Reads {@code freshet.rlvr} of a whole configuration; what is {@code auto} there is as {@code otherwise} has it. */
    public static RlvrSettings from(Config config, RlvrVariant otherwise) {
        Config section = config.getConfig(PATH);
        AutoSettings rlvr = new AutoSettings(section, PATH);
        int longest = config.getInt(LONGEST);
        return new RlvrSettings(
                rlvr.choice("advantage", AdvantageRule::parse, otherwise.advantage()),
                overlong(rlvr, longest, otherwise),
                rlvr.choice("equal-rewards", EqualRewards::parse, otherwise.equalRewards()),
                rlvr.choice("ratio", RatioLevel::parse, otherwise.ratio()),
                rlvr.choice("surrogate", Surrogate::parse, otherwise.surrogate()),
                rlvr.number("clip-low", otherwise.clipLow()),
                rlvr.number("clip-high", otherwise.clipHigh()),
                rlvr.numberOrOff("dual-clip", otherwise.dualClip()),
                rlvr.choice("aggregation", LossAggregation::parse, otherwise.aggregation()),
                rlvr.wholeNumber("length-norm", longest),
                ProximalPolicy.parse(section.getString("proximal")),
                section.getDouble("behaviour-weight-cap"),
                section.getDouble("log-ratio-clamp"),
                section.getDouble("divergence-weight-cap"));
    }

    Surrogate.Bounds bounds() {
        return new Surrogate.Bounds(clipLow, clipHigh, dualClip);
    }

    private static Optional<OverlongPunishment> overlong(AutoSettings rlvr, int longest, RlvrVariant otherwise) {
        OptionalDouble share = rlvr.numberOrOff("overlong-share", otherwise.overlongShare());
        return share.isPresent() ? Optional.of(new OverlongPunishment(longest, share.getAsDouble())) : Optional.empty();
    }

    private static void requireCap(double cap, String key) {
        require(cap >= 1 && Double.isFinite(cap), key + " must be finite and at least 1", cap, key);
    }

    private static void require(boolean holds, String rule, Number value, String key) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value + " (" + PATH + "." + key + ")");
        }
    }
}
