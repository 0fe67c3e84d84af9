package dev.freshet.model.objective;

import com.typesafe.config.Config;

/**
 * How f-distill turns a discriminator's logits into weights, and what it adds; keys below {@value #SECTION}.
 *
 * @param logitBound logits are clamped to this on either side, above 0
 * @param leastRatio ratios are clamped to this from below, above 0
 * @param mostRatio and to this from above
 * @param bins of noise levels, in each of which the ratio's mean is brought to 1, 1 to 1,000
 * @param memory of a bin's mean, in [0, 1): 0 is the current batch's alone
 * @param adversarialWeight of the generator's GAN loss beside the divergence, lambda_G, at least 0
 */
public record FDistillSettings(
        double logitBound, double leastRatio, double mostRatio, int bins, double memory, double adversarialWeight) {
    static final String SECTION = "freshet.f-distill";

    private static final String PATH = SECTION + ".";
    private static final int MOST_BINS = 1000;

    public FDistillSettings {
        if (!(logitBound > 0) || Double.isInfinite(logitBound)) {
            throw new IllegalArgumentException(
                    "logit-bound must be finite and above 0, was " + logitBound + " (" + PATH + "ratio.logit-bound)");
        }
        if (!(leastRatio > 0) || !(mostRatio >= leastRatio) || Double.isInfinite(mostRatio)) {
            throw new IllegalArgumentException(
                    "ratios must be clamped to finite bounds above 0, least and then most, were " + leastRatio + " and "
                            + mostRatio + " (" + PATH + "ratio.least, " + PATH + "ratio.most)");
        }
        if (bins < 1 || bins > MOST_BINS) {
            throw new IllegalArgumentException(
                    "bins must be from 1 to " + MOST_BINS + ", was " + bins + " (" + PATH + "ratio.bins)");
        }
        if (!(memory >= 0 && memory < 1)) {
            throw new IllegalArgumentException(
                    "memory must be in [0, 1), was " + memory + " (" + PATH + "ratio.memory)");
        }
        if (!(adversarialWeight >= 0) || Double.isInfinite(adversarialWeight)) {
            throw new IllegalArgumentException("adversarial-weight must be finite and at least 0, was "
                    + adversarialWeight + " (" + PATH + "adversarial-weight)");
        }
    }

    /** Reads a whole configuration. */
    public static FDistillSettings from(Config config) {
        Config ratio = config.getConfig(PATH + "ratio");
        return new FDistillSettings(
                ratio.getDouble("logit-bound"),
                ratio.getDouble("least"),
                ratio.getDouble("most"),
                ratio.getInt("bins"),
                ratio.getDouble("memory"),
                config.getDouble(PATH + "adversarial-weight"));
    }
}
