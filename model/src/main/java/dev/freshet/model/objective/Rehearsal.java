package dev.freshet.model.objective;

import com.typesafe.config.Config;

/**
 * How rehearsal sequences are used; {@code learning.conf} documents each key under {@code freshet.rehearsal}.
 *
 * @param ratio sequences joined to a batch for each of its rollouts, above 0 and at most {@value #LARGEST_RATIO}
 */
public record Rehearsal(RehearsalForm form, double ratio) {
    private static final String PATH = "freshet.rehearsal";
    private static final double LARGEST_RATIO = 100;

    public Rehearsal {
        if (!(ratio > 0 && ratio <= LARGEST_RATIO)) {
            throw new IllegalArgumentException("ratio must be above 0 and at most " + LARGEST_RATIO
                    + " rehearsal sequences for each rollout, was " + ratio + " (" + PATH + ".ratio)");
        }
    }

    /** As settings have it by default. */
    static Rehearsal usual() {
        return new Rehearsal(RehearsalForm.CENTRED, 0.5);
    }

    /** Reads {@code freshet.rehearsal} of a whole configuration. */
    static Rehearsal from(Config config) {
        Config section = config.getConfig(PATH);
        return new Rehearsal(RehearsalForm.parse(section.getString("form")), section.getDouble("ratio"));
    }

    /** Sequences to join to a batch of so many rollouts, at least 1. */
    public int sequences(int rollouts) {
        return Math.max(1, Math.toIntExact(Math.round(ratio * rollouts)));
    }
}
