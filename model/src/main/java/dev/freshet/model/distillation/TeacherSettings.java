package dev.freshet.model.distillation;

import com.typesafe.config.Config;

/**
 * The diffusion model that the student learns from; keys below {@code freshet.distill.teacher}.
 *
 * @param steps updates that it is trained for, at least 1; none if it is exact
 * @param update how it is trained
 * @param samplingLevels noise levels that its samples go through, at least 2
 */
public record TeacherSettings(Kind kind, int steps, UpdateSettings update, int samplingLevels) {
    /** Where its scores come from. */
    public enum Kind {
        /** The data's own, in closed form: of a mixture. */
        EXACT,
        /** Those of a network that is trained on the data first. */
        TRAINED
    }

    /** Reads a whole configuration. */
    static TeacherSettings from(Config config) {
        Config teacher = config.getConfig("freshet.distill.teacher");
        int steps = Rules.atLeast(1, "teacher.steps", teacher.getInt("steps"));
        return new TeacherSettings(
                Rules.oneOf(Kind.class, config, "teacher.kind"),
                steps,
                UpdateSettings.from(teacher, "freshet.distill.teacher", steps),
                Rules.atLeast(2, "teacher.sampling-levels", teacher.getInt("sampling-levels")));
    }
}
