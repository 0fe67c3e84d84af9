package dev.freshet.model.learning;

import com.typesafe.config.Config;
import dev.freshet.model.transformer.DecoderProgram.AdamW;

/**
 * What of a learner's settings may differ from one training step to the next; {@code learning.conf} documents each key under
 * {@code freshet.train}. Immutable, so that a change is the exchange of one value for another between two steps.
 *
 * @param miniBatches optimizer updates a batch is cut into, at least 1
 * @param samplingCorrectionCap bound of the importance weight that corrects truncated sampling, at least 1
 */
public record StepSettings(LearningRate learningRate, AdamW optimizer, int miniBatches, double samplingCorrectionCap) {
    private static final String PATH = "freshet.train";

    public StepSettings {
        requireAtLeastOne(miniBatches, "mini-batches");
        requireAtLeastOne(samplingCorrectionCap, "sampling-correction-cap");
    }

    /** Reads {@code freshet.train} of a whole configuration. */
    public static StepSettings from(Config config) {
        Config train = config.getConfig(PATH);
        return new StepSettings(
                LearningRate.from(train, PATH),
                AdamWSettings.from(train, PATH),
                train.getInt("mini-batches"),
                train.getDouble("sampling-correction-cap"));
    }

    static void requireAtLeastOne(Number value, String key) {
        if (!(value.doubleValue() >= 1) || Double.isInfinite(value.doubleValue())) {
            throw new IllegalArgumentException(
                    key + " must be at least 1, was " + value + " (" + PATH + "." + key + ")");
        }
    }
}
