package dev.freshet.model.objective;

import com.typesafe.config.Config;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.divergence.TotalVariation;
import java.util.List;
import java.util.Locale;

/**
 * The choices of {@link FSft}; {@code dataset.conf} documents each key under {@code freshet.f-sft}.
 *
 * @param level what has an implicit reward
 * @param value V_0
 * @param floorMargin implicit rewards count down to this far above the end of phi's domain, above 0
 */
public record FSftSettings(Level level, Value value, double floorMargin) {
    static final String PATH = "freshet.f-sft";

    /** What has an implicit reward. */
    public enum Level {
        TOKEN,
        /** A completion as a whole: its tokens' log ratios add up. */
        SEQUENCE
    }

    /** The value of a prompt under the optimal policy, V_0, which adds to implicit rewards. */
    public enum Value {
        ZERO,
        /** Solved on each mini-batch: the least loss that any value gives. */
        BATCH
    }

    public FSftSettings {
        if (!(floorMargin > 0) || Double.isInfinite(floorMargin)) {
            throw new IllegalArgumentException("reward-floor-margin must be finite and above 0, was " + floorMargin
                    + " (" + PATH + ".reward-floor-margin)");
        }
    }

    /** Reads {@code freshet.f-sft} of a whole configuration. */
    public static FSftSettings from(Config config) {
        Config section = config.getConfig(PATH);
        return new FSftSettings(
                choice("level", section, Level.values()),
                choice("value", section, Value.values()),
                section.getDouble("reward-floor-margin"));
    }

    /** The least implicit reward at which phi is read; negative infinity where phi has no end. */
    double floor(FDivergence divergence) {
        if (divergence instanceof TotalVariation) {
            return Double.NEGATIVE_INFINITY; // Its phi is x for every x.
        }
        return floorMargin - divergence.derivativeAtInfinity() - divergence.shift();
    }

    private static <T extends Enum<T>> T choice(String key, Config section, T[] known) {
        return Specs.parse(
                PATH,
                key,
                section.getString(key),
                List.of(known),
                choice -> choice.name().toLowerCase(Locale.ROOT));
    }
}
