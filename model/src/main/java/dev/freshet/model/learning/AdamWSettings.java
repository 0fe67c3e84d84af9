package dev.freshet.model.learning;

import com.typesafe.config.Config;
import dev.freshet.model.transformer.DecoderProgram.AdamW;

/** Reads the optimizer's numbers from a section that has {@code adam} and {@code max-gradient-norm}. */
public final class AdamWSettings {
    private AdamWSettings() {}

    public static AdamW from(Config section, String path) {
        Config adam = section.getConfig("adam");
        AdamW settings = new AdamW(
                adam.getDouble("beta1"),
                adam.getDouble("beta2"),
                adam.getDouble("epsilon"),
                adam.getDouble("weight-decay"),
                section.getDouble("max-gradient-norm"));
        requireFraction(settings.beta1(), path + ".adam.beta1");
        requireFraction(settings.beta2(), path + ".adam.beta2");
        requirePositive(settings.epsilon(), path + ".adam.epsilon");
        requirePositive(settings.maxGradientNorm(), path + ".max-gradient-norm");
        if (!(settings.weightDecay() >= 0) || Double.isInfinite(settings.weightDecay())) {
            throw new IllegalArgumentException("weight decay must be finite and at least 0, was "
                    + settings.weightDecay() + " (" + path + ".adam.weight-decay)");
        }
        return settings;
    }

    private static void requireFraction(double value, String key) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("a moment's decay must be in [0, 1), was " + value + " (" + key + ")");
        }
    }

    private static void requirePositive(double value, String key) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(key + " must be finite and above 0, was " + value);
        }
    }
}
