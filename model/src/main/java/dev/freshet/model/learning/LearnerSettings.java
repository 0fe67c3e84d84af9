package dev.freshet.model.learning;

import com.typesafe.config.Config;
import dev.freshet.model.transformer.DecoderProgram.AdamW;

/**
 * How a {@link DecoderLearner} learns; {@code learning.conf} documents each key under {@code freshet.train}.
 *
 * @param temperature at which rollouts are sampled, and therefore scored, above 0
 * @param seed of the order of rollouts within a batch
 * @param miniBatches optimizer updates a batch is cut into, at least 1
 * @param microBatchTokens token positions, padding included, that go through the decoder at once, at least 1
 * @param samplingCorrectionCap bound of the importance weight that corrects truncated sampling, at least 1
 */
public record LearnerSettings(
        ComputeSettings compute,
        LearningRate learningRate,
        AdamW optimizer,
        double temperature,
        long seed,
        int miniBatches,
        int microBatchTokens,
        double samplingCorrectionCap) {

    private static final String PATH = "freshet.train";

    public LearnerSettings {
        compute.requireDifferentiable(PATH);
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature must be finite and above 0 to be learnt at, was "
                    + temperature + " (freshet.generation.temperature)");
        }
        requireAtLeastOne(miniBatches, "mini-batches");
        requireAtLeastOne(microBatchTokens, "micro-batch-tokens");
        requireAtLeastOne(samplingCorrectionCap, "sampling-correction-cap");
    }

    /** Reads {@code freshet.train} and {@code freshet.generation.temperature} of a whole configuration. */
    public static LearnerSettings from(Config config) {
        Config train = config.getConfig(PATH);
        return new LearnerSettings(
                ComputeSettings.from(train, PATH),
                LearningRate.from(train, PATH),
                AdamWSettings.from(train, PATH),
                config.getDouble("freshet.generation.temperature"),
                train.getLong("seed"),
                train.getInt("mini-batches"),
                train.getInt("micro-batch-tokens"),
                train.getDouble("sampling-correction-cap"));
    }

    private static void requireAtLeastOne(Number value, String key) {
        if (!(value.doubleValue() >= 1)) {
            throw new IllegalArgumentException(
                    key + " must be at least 1, was " + value + " (" + PATH + "." + key + ")");
        }
    }
}
