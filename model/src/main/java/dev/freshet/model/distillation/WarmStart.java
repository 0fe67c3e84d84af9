package dev.freshet.model.distillation;

import com.typesafe.config.Config;

/**
 * What a network student learns before it is distilled, by least squares; keys below {@code freshet.distill.student.network.warm-start}.
 *
 * @param scale of {@link Kind#SCALE}, above 0
 * @param pairs of latents and teacher's samples, of {@link Kind#TEACHER}, at least 1
 * @param steps updates, at least 1
 */
record WarmStart(Kind kind, double scale, int pairs, int steps, UpdateSettings update) {
    enum Kind {
        /** Nothing. */
        OFF,
        /** Its latents, times the scale. */
        SCALE,
        /** The samples that the teacher makes of the same latents, by its probability flow. */
        TEACHER
    }

    private static final String SECTION = "student.network.warm-start.";

    static WarmStart from(Config config) {
        Config section = config.getConfig("freshet.distill.student.network.warm-start");
        int steps = Rules.atLeast(1, SECTION + "steps", section.getInt("steps"));
        return new WarmStart(
                Rules.oneOf(Kind.class, config, SECTION + "kind"),
                Rules.positive(SECTION + "scale", section.getDouble("scale")),
                Rules.atLeast(1, SECTION + "pairs", section.getInt("pairs")),
                steps,
                UpdateSettings.from(section, "freshet.distill.student.network.warm-start", steps));
    }
}
