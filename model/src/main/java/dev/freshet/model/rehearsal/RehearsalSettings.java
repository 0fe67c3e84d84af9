package dev.freshet.model.rehearsal;

import com.typesafe.config.Config;

/**
 * How a rehearsal set is sampled; {@code learning.conf} documents each key under {@code freshet.rehearsal.sampling}.
 *
 * @param prompts training prompts looked at, of which equal ones count once, at least 1
 * @param samples completions of each, at least 1
 * @param masteredFrom right ones from which on a prompt counts as mastered, 1 to {@code samples}
 */
public record RehearsalSettings(int prompts, int samples, int masteredFrom) {
    private static final String PATH = "freshet.rehearsal.sampling";

    public RehearsalSettings {
        requireAtLeastOne(prompts, "prompts");
        requireAtLeastOne(samples, "samples");
        if (masteredFrom < 1 || masteredFrom > samples) {
            throw new IllegalArgumentException(
                    "mastered-from must be in 1.." + samples + ", which are the samples, was " + masteredFrom + " ("
                            + PATH + ".mastered-from, " + PATH + ".samples)");
        }
    }

    /** Reads {@code freshet.rehearsal.sampling} of a whole configuration. */
    public static RehearsalSettings from(Config config) {
        Config sampling = config.getConfig(PATH);
        return new RehearsalSettings(
                sampling.getInt("prompts"), sampling.getInt("samples"), sampling.getInt("mastered-from"));
    }

    private static void requireAtLeastOne(int value, String key) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    key + " must be at least 1, was " + value + " (" + PATH + "." + key + ")");
        }
    }
}
