package dev.freshet.model.learning;

import com.typesafe.config.Config;
import dev.freshet.model.transformer.DecoderProgram.AdamW;
import dev.freshet.model.transformer.InitialWeights;

/**
 * How {@link WarmUp} trains; {@code learning.conf} documents each key under {@code freshet.warm-up}. Where and how it computes
 * are the learner's settings, but for its threads.
 *
 * @param learningRate its steps are the optimizer updates of the warm-up
 * @param batch demonstrations an update, at least 1
 * @param initial weights that it begins with
 * @param microBatchTokens token positions, padding included, that go through the decoder at once, at least 1
 */
public record WarmUpSettings(
        ComputeSettings compute,
        LearningRate learningRate,
        AdamW optimizer,
        int batch,
        InitialWeights initial,
        int microBatchTokens) {

    private static final String PATH = "freshet.warm-up";

    public WarmUpSettings {
        compute.requireDifferentiable("freshet.train");
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, was " + batch + " (" + PATH + ".batch)");
        }
        if (microBatchTokens < 1) {
            throw new IllegalArgumentException("micro-batch-tokens must be at least 1, was " + microBatchTokens
                    + " (freshet.train.micro-batch-tokens)");
        }
    }

    /** Reads {@code freshet.warm-up}, and of {@code freshet.train} what both share, from a whole configuration. */
    public static WarmUpSettings from(Config config) {
        Config warmUp = config.getConfig(PATH);
        Config train = config.getConfig("freshet.train");
        return new WarmUpSettings(
                ComputeSettings.from(train, "freshet.train")
                        .withThreads(threads(warmUp.getString("threads"), automaticThreads(config))),
                LearningRate.from(warmUp, PATH),
                AdamWSettings.from(warmUp, PATH),
                warmUp.getInt("batch"),
                InitialWeights.from(config),
                train.getInt("micro-batch-tokens"));
    }

    /** Sums of gradients depend on the number of threads, so a run that repeats bit for bit may not ask the machine. */
    private static int automaticThreads(Config config) {
        boolean deterministic = config.hasPath("freshet.deterministic") && config.getBoolean("freshet.deterministic");
        return deterministic
                ? config.getInt("freshet.train.threads")
                : Runtime.getRuntime().availableProcessors();
    }

    private static int threads(String value, int automatic) {
        if (value.equals("auto")) {
            return automatic;
        }
        if (!value.matches("[1-9]\\d{0,3}")) {
            throw new IllegalArgumentException(
                    "threads must be auto or a whole number from 1 to 9999, was " + value + " (" + PATH + ".threads)");
        }
        return Integer.parseInt(value);
    }

    /** Number of optimizer updates. */
    public long steps() {
        return learningRate.steps();
    }
}
