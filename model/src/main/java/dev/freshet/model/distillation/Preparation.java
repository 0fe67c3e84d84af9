package dev.freshet.model.distillation;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.Draws.Purpose;
import dev.freshet.model.diffusion.HostTensors;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes what distillation begins with: a teacher that has learnt the data, unless the data's own scores are at hand; a student that may
 * have learnt something simple; its score, which begins as the teacher's; and a discriminator.
 */
public final class Preparation {
    private final DistillationSettings settings;
    private final TrainingData data;
    private final Progress progress;
    private final AtomicBoolean cancelled = new AtomicBoolean();

    private Preparation(DistillationSettings settings, TrainingData data, Progress progress) {
        this.settings = settings;
        this.data = data;
        this.progress = progress;
    }

    /** Hears of every update, on the preparation's thread; must return soon. */
    public interface Progress {
        /**
         * @param step updates done, from 1
         * @param steps in all: the teacher's and then the student's
         * @param loss of the update's batch
         * @param samples that went through a network since the beginning
         */
        void onStep(long step, long steps, double loss, long samples);
    }

    /**
     * Trains what is to be trained and waits for the end; an interrupt stops it after the current update.
     *
     * @return the weights of version 0, in host memory, as {@link DistillationLearner} takes them
     * @throws IllegalStateException if a loss or gradient is not finite
     */
    public static List<TensorData> run(DistillationSettings settings, TrainingData data, Progress progress)
            throws InterruptedException {
        settings.device().requirePresent();
        Preparation preparation = new Preparation(settings, data, progress);
        try (EngineThread thread = EngineThread.start("preparation", settings.threads())) {
            return preparation.on(thread);
        }
    }

    private List<TensorData> on(EngineThread thread) throws InterruptedException {
        try {
            return thread.call(this::prepare);
        } catch (InterruptedException e) {
            cancelled.set(true);
            throw e;
        }
    }

    private List<TensorData> prepare() {
        JniUtils.setGradMode(true);
        try (DiffusionProgram program = DiffusionProgram.load(settings.scaling(), settings.device());
                NDManager batches = settings.device().newManager(ArrayKind.BATCH)) {
            return weights(new PreparationUpdates(
                    program, batches, cancelled::get, progress, settings.batch(), settings.preparationSteps()));
        }
    }

    private List<TensorData> weights(PreparationUpdates updates) {
        int dimensions = data.dimensions();
        List<TensorData> weights = new ArrayList<>();
        List<TensorData> score = settings.score(dimensions).initialise(initial(0));
        if (settings.teacher().kind() == TeacherSettings.Kind.TRAINED) {
            score = new TeacherTraining(settings, data, updates).from(score);
            weights.addAll(HostTensors.prefixed(Networks.TEACHER, score));
        }
        Student student = settings.student().of(dimensions);
        List<TensorData> beginning = student.initialise(initial(1));
        if (student instanceof NetworkStudent network) {
            beginning = new StudentWarmStart(settings, network, updates).from(beginning, score);
        }
        weights.addAll(HostTensors.prefixed(Networks.STUDENT, beginning));
        weights.addAll(HostTensors.prefixed(Networks.FAKE, score));
        weights.addAll(HostTensors.prefixed(
                Networks.DISCRIMINATOR, settings.discriminator(dimensions).initialise(initial(2))));
        return weights;
    }

    private Draws initial(long network) {
        return Draws.of(settings.seed(), Purpose.INITIAL_WEIGHTS, network);
    }
}
