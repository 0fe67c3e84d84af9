package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import dev.freshet.model.diffusion.NoiseRange;
import dev.freshet.model.diffusion.NoiseScaling;
import dev.freshet.model.diffusion.Perceptron;
import dev.freshet.model.engine.ComputeDevice;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a student is distilled; {@code distill.conf} documents each key. Immutable.
 *
 * @param batch samples of an update, at least 1
 * @param scoreWidths hidden layers of the score networks, the teacher's and the fake one
 * @param threads that native calls may use on the CPU, at least 1
 * @param seed of all that is random
 */
public record DistillationSettings(
        DataSettings data,
        NoiseRange noise,
        NoiseScaling scaling,
        int batch,
        TeacherSettings teacher,
        List<Integer> scoreWidths,
        CriticSettings critic,
        StudentSettings student,
        ComputeDevice device,
        int threads,
        long seed) {
    public DistillationSettings {
        scoreWidths = List.copyOf(scoreWidths);
        Rules.atLeast(1, "batch", batch);
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "threads must be at least 1, was " + threads + " (freshet.train.threads)");
        }
        boolean images = data.kind() != DataSettings.Kind.MIXTURE;
        boolean exact = teacher.kind() == TeacherSettings.Kind.EXACT;
        if (images && exact) {
            throw new IllegalArgumentException("a teacher of images must be trained, was exact, which only that of a"
                    + " mixture can be (freshet.distill.teacher.kind, freshet.distill.data.kind)");
        }
        if (images && student.kind() == StudentSettings.Kind.MIXTURE) {
            throw new IllegalArgumentException("a student of images must be a network, was a mixture, which lies in the"
                    + " plane (freshet.distill.student.kind, freshet.distill.data.kind)");
        }
        if (exact && student.copiesTeacher()) {
            throw new IllegalArgumentException("a student that begins with the teacher's samples must have a trained"
                    + " teacher, had an exact one: train it, or choose scale or off"
                    + " (freshet.distill.student.network.warm-start.kind, freshet.distill.teacher.kind)");
        }
    }

    /** Reads a whole configuration. */
    public static DistillationSettings from(Config config) {
        long steps = config.getLong("freshet.train.steps");
        if (steps < 1) {
            throw new IllegalArgumentException("steps must be at least 1, was " + steps + " (freshet.train.steps)");
        }
        Config distill = config.getConfig("freshet.distill");
        Config scaling = distill.getConfig("scaling");
        return new DistillationSettings(
                DataSettings.from(config),
                new NoiseRange(distill.getDouble("noise.least"), distill.getDouble("noise.most")),
                new NoiseScaling(
                        scaling.getDouble("data-deviation"),
                        scaling.getDouble("input-variance"),
                        scaling.getDoubleList("copies")),
                distill.getInt("batch"),
                TeacherSettings.from(config),
                Rules.widths(config, "score.widths"),
                CriticSettings.from(config, steps),
                StudentSettings.from(config),
                ComputeDevice.parse(config.getString("freshet.train.device"), "freshet.train.device"),
                config.getInt("freshet.train.threads"),
                config.getLong("freshet.train.seed"));
    }

    /** What its checkpoints are of, by name. */
    public Map<String, String> toDescription() {
        return Map.of(
                "kind",
                "distillation",
                "teacher",
                teacher.kind().name().toLowerCase(Locale.ROOT),
                "student",
                student.description(),
                "score",
                scoreWidths.toString(),
                "discriminator",
                critic.widths().toString());
    }

    /**
     * The first example of a round, of which each update of the critic takes a batch; those of the head start come before all.
     *
     * @param round from 0
     */
    long firstExample(long round) {
        return ((long) critic.headStart() + round * critic.updates()) * batch;
    }

    /** Updates of the critic behind a student of so many updates. */
    long criticUpdates(long step) {
        return step == 0 ? 0 : critic.headStart() + step * critic.updates();
    }

    /** Updates before version 0: the teacher's, and then the student's. */
    long preparationSteps() {
        long teaching = teacher.kind() == TeacherSettings.Kind.TRAINED ? teacher.steps() : 0;
        boolean warm = student.kind() == StudentSettings.Kind.NETWORK
                && student.warmStart().kind() != WarmStart.Kind.OFF;
        return teaching + (warm ? student.warmStart().steps() : 0);
    }

    /** The shape of the score networks for examples of so many numbers. */
    Perceptron score(int dimensions) {
        return new Perceptron(scaling.inputs(dimensions), scoreWidths, dimensions);
    }

    Perceptron discriminator(int dimensions) {
        return new Perceptron(scaling.inputs(dimensions), critic.widths(), 1);
    }
}
