package dev.freshet.model.learning;

import com.typesafe.config.Config;

/**
 * How a {@link DecoderLearner} learns; {@code learning.conf} documents each key under {@code freshet.train}.
 *
 * @param step what the first step is taken with
 * @param seed of the order of rollouts within a batch
 * @param microBatchTokens token positions, padding included, that go through the decoder at once, at least 1
 * @param logitsAtOnce log-probs (tokens times vocabulary) that are held at once where a loss needs all of them, at least 1
 * @param trained the parameters that are learnt
 * @param flatness how it seeks flat minima
 */
public record LearnerSettings(
        ComputeSettings compute,
        StepSettings step,
        long seed,
        int microBatchTokens,
        int logitsAtOnce,
        TrainedParameters trained,
        Flatness flatness) {

    private static final String PATH = "freshet.train";

    public LearnerSettings {
        compute.requireDifferentiable(PATH);
        StepSettings.requireAtLeastOne(microBatchTokens, "micro-batch-tokens");
        StepSettings.requireAtLeastOne(logitsAtOnce, "logits-at-once");
    }

    /** One that does not seek flat minima. */
    public LearnerSettings(
            ComputeSettings compute,
            StepSettings step,
            long seed,
            int microBatchTokens,
            int logitsAtOnce,
            TrainedParameters trained) {
        this(compute, step, seed, microBatchTokens, logitsAtOnce, trained, Flatness.UNSOUGHT);
    }

    /** Reads {@code freshet.train} and {@code freshet.trajectory} of a whole configuration. */
    public static LearnerSettings from(Config config) {
        Config train = config.getConfig(PATH);
        return new LearnerSettings(
                ComputeSettings.from(train, PATH),
                StepSettings.from(config),
                train.getLong("seed"),
                train.getInt("micro-batch-tokens"),
                train.getInt("logits-at-once"),
                TrainedParameters.parse(train.getString("parameters")),
                Flatness.from(config));
    }
}
