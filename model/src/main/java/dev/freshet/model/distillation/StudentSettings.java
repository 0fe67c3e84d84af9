package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import dev.freshet.model.diffusion.Perceptron;
import java.util.List;

/**
 * What is distilled; keys below {@code freshet.distill.student}.
 *
 * @param mixture of kind {@link Kind#MIXTURE}
 * @param widths hidden layers, of kind {@link Kind#NETWORK}
 * @param warmStart of kind {@link Kind#NETWORK}
 * @param update how its parameters are updated
 */
record StudentSettings(
        Kind kind, MixtureStudent mixture, List<Integer> widths, WarmStart warmStart, UpdateSettings update) {
    /** What samples in one step. */
    enum Kind {
        /** {@link MixtureStudent}. */
        MIXTURE,
        /** {@link NetworkStudent}. */
        NETWORK
    }

    StudentSettings {
        widths = List.copyOf(widths);
    }

    /**
     * Reads a whole configuration.
     *
     * @param steps of the student, at least 1
     */
    static StudentSettings from(Config config, long steps) {
        return new StudentSettings(
                Rules.oneOf(Kind.class, config, "student.kind"),
                MixtureStudent.from(config),
                Rules.widths(config, "student.network.widths"),
                WarmStart.from(config),
                UpdateSettings.from(config.getConfig("freshet.distill.student"), "freshet.distill.student", steps));
    }

    /** Whether it learns the teacher's samples before it is distilled. */
    boolean copiesTeacher() {
        return kind == Kind.NETWORK && warmStart.kind() == WarmStart.Kind.TEACHER;
    }

    /** @param dimensions of an example */
    Student of(int dimensions) {
        return switch (kind) {
            case MIXTURE -> mixture;
            case NETWORK -> new NetworkStudent(new Perceptron(dimensions, widths, dimensions));
        };
    }
}
