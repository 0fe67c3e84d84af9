package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import dev.freshet.model.diffusion.Perceptron;
import java.util.List;

/**
 * What is distilled; keys below {@code freshet.distill.student}. How it is updated, {@code freshet.train} says.
 *
 * @param mixture of kind {@link Kind#MIXTURE}
 * @param widths hidden layers, of kind {@link Kind#NETWORK}
 * @param warmStart of kind {@link Kind#NETWORK}
 */
record StudentSettings(Kind kind, MixtureStudent mixture, List<Integer> widths, WarmStart warmStart) {
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

    /** Reads a whole configuration. */
    static StudentSettings from(Config config) {
        return new StudentSettings(
                Rules.oneOf(Kind.class, config, "student.kind"),
                MixtureStudent.from(config),
                Rules.widths(config, "student.network.widths"),
                WarmStart.from(config));
    }

    /** What its weights are of. */
    String description() {
        return switch (kind) {
            case MIXTURE -> "mixture of " + mixture.components();
            case NETWORK -> "network of " + widths;
        };
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
