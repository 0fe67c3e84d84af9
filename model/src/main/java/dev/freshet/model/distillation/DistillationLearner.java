package dev.freshet.model.distillation;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.Draws.Purpose;
import dev.freshet.model.diffusion.HostTensors;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.objective.RatioBins;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Distils a student, a version a step. Calls are queued and run one at a time on this object's own thread; methods never block, but for
 * {@link #start} and {@link #close}. What it does depends on settings, data and the state that it began with alone.
 */
public final class DistillationLearner implements StudentLearner {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Samples for others than updates, made at once. */
    private static final int AT_ONCE = 1024;

    private static final String BINS = "ratio_bins";

    private final EngineThread thread;
    private final DistillationSettings settings;
    private final TrainingData data;
    private final Student student;
    private final NDManager batches;
    private Networks networks;
    private volatile PolicyVersion version;
    private long step;
    private long optimizerSteps;
    private Counts counts;
    private RatioBins bins;

    private DistillationLearner(
            EngineThread thread,
            DistillationSettings settings,
            TrainingData data,
            Opened opened,
            LearnerSnapshot state,
            RatioBins bins) {
        this.thread = thread;
        this.settings = settings;
        this.data = data;
        this.student = settings.student().of(data.dimensions());
        this.batches = opened.batches();
        this.networks = opened.networks();
        this.version = state.version();
        this.step = state.step();
        this.optimizerSteps = state.optimizerSteps();
        this.counts = Counts.of(state.optimizer());
        this.bins = bins;
    }

    private record Opened(Networks networks, NDManager batches) implements AutoCloseable {
        @Override
        public void close() {
            batches.close();
            networks.close();
        }
    }

    /**
     * Copies a state into native memory; waits until that is done.
     *
     * @param state of weights as {@link Preparation} makes them
     * @param bins of noise levels, for a state without any
     * @throws IllegalArgumentException if the state's tensors are not those of the settings
     */
    public static DistillationLearner start(
            DistillationSettings settings, TrainingData data, LearnerSnapshot state, int bins)
            throws InterruptedException {
        settings.device().requirePresent();
        EngineThread thread = EngineThread.start("distillation", settings.threads());
        try {
            RatioBins ratioBins = bins(state.optimizer(), bins);
            Opened opened = thread.open(() -> open(settings, data, state));
            return new DistillationLearner(thread, settings, data, opened, state, ratioBins);
        } catch (Throwable e) {
            thread.close();
            throw e;
        }
    }

    private static Opened open(DistillationSettings settings, TrainingData data, LearnerSnapshot state) {
        JniUtils.setGradMode(true);
        try (OpenedSoFar opened = new OpenedSoFar()) {
            Networks networks =
                    opened.add(Networks.open(settings, data.dimensions(), state.weights(), state.optimizer()));
            NDManager batches = opened.add(settings.device().newManager(ArrayKind.BATCH));
            opened.keep();
            return new Opened(networks, batches);
        }
    }

    /** A state that has a number of bins keeps it: it decides what the student learns. */
    private static RatioBins bins(List<TensorData> optimizer, int count) {
        return optimizer.isEmpty()
                ? RatioBins.initial(count)
                : new RatioBins(HostTensors.doublesOf(BINS, optimizer));
    }

    @Override
    public CompletionStage<DistillationReport> learn(DistillationStep with) {
        return thread.submit(() -> step(with, System.nanoTime()));
    }

    @Override
    public CompletionStage<LearnerSnapshot> snapshot() {
        return thread.submit(() -> {
            List<TensorData> optimizer = new ArrayList<>(networks.optimizer());
            optimizer.add(counts.toTensor());
            optimizer.add(HostTensors.doubles(BINS, bins.means()));
            return new LearnerState(version, step, optimizerSteps, networks.weights(), optimizer);
        });
    }

    @Override
    public CompletionStage<Void> restore(LearnerSnapshot state) {
        return thread.submit(() -> {
            Counts drawn = Counts.of(state.optimizer());
            RatioBins means = bins(state.optimizer(), bins.means().size());
            Networks others = Networks.open(settings, data.dimensions(), state.weights(), state.optimizer());
            networks.close();
            networks = others;
            // What was drawn, was: going back in weights is not going back in chance and data.
            counts = new Counts(
                    Math.max(counts.draws(), drawn.draws()),
                    Math.max(counts.examples(), drawn.examples()),
                    drawn.criticUpdates());
            bins = means;
            version = state.version();
            step = state.step();
            optimizerSteps = state.optimizerSteps();
            return null;
        });
    }

    @Override
    public CompletionStage<SampleSet> samples(int count) {
        return thread.submit(() -> {
            List<SampleSet> parts = new ArrayList<>();
            for (int first = 0; first < count; first += AT_ONCE) {
                try (NDManager owner = batches.newSubManager()) {
                    Draws draws = Draws.of(settings.seed(), Purpose.EVALUATION, first);
                    parts.add(HostSamples.of(student.generate(
                            networks.program(),
                            networks.student(),
                            Weights.FROZEN,
                            draws,
                            Math.min(AT_ONCE, count - first),
                            owner)));
                }
            }
            return HostSamples.joined(parts);
        });
    }

    /**
     * What a trained teacher samples; fails with an {@link IllegalStateException} if the teacher is exact, and so is the data itself.
     */
    public CompletionStage<SampleSet> teacherSamples(int count) {
        return thread.submit(() -> {
            if (!(networks.teacher() instanceof TrainedTeacher trained)) {
                throw new IllegalStateException("an exact teacher's samples are the data's examples");
            }
            Draws draws = Draws.of(settings.seed(), Purpose.PICTURE, 0);
            return new TeacherSamples(settings, networks.program(), trained.score())
                    .of(TeacherSamples.latents(draws, count, data.dimensions()), batches);
        });
    }

    @Override
    public PolicyVersion version() {
        return version;
    }

    @Override
    public void close() {
        thread.execute(() -> {
            batches.close();
            networks.close();
        });
        thread.close();
    }

    private DistillationReport step(DistillationStep with, long start) {
        CriticTally critic = new CriticTally();
        int updates = settings.critic().updates() + (step == 0 ? settings.critic().headStart() : 0);
        for (int update = 0; update < updates; update++) {
            critic.add(updateCritic());
        }
        double learningRate = with.student().learningRate().at(step);
        StudentUpdate.Outcome outcome = updateStudent(with, learningRate);
        version = version.next();
        step++;
        return new DistillationReport(
                version,
                with.objective().divergenceSpec(),
                outcome.loss(),
                with.objective().settings().adversarialWeight(),
                outcome.adversarialLoss(),
                critic.meanFakeLoss(),
                critic.meanDiscriminatorLoss(),
                critic.meanAccuracy(),
                outcome.weighting().meanRatio(),
                outcome.weighting().boundedRatios(),
                outcome.weighting().effectiveSampleSize(),
                outcome.gradientNorm(),
                learningRate,
                critic.updates(),
                critic.skipped() + (outcome.applied() ? 0 : 1),
                (critic.updates() + 1L) * settings.batch(),
                counts.examples(),
                (System.nanoTime() - start) / NANOS_PER_SECOND);
    }

    private CriticUpdate.Outcome updateCritic() {
        try (NDManager owner = batches.newSubManager()) {
            double learningRate = settings.critic().update().learningRate().at(counts.criticUpdates());
            CriticUpdate.Outcome outcome = new CriticUpdate(settings, student, networks)
                    .take(draws(), data.examples(counts.examples(), settings.batch()), learningRate, owner);
            counts = counts.afterCriticUpdate(settings.batch());
            return outcome;
        }
    }

    private StudentUpdate.Outcome updateStudent(DistillationStep with, double learningRate) {
        try (NDManager owner = batches.newSubManager()) {
            StudentUpdate.Outcome outcome =
                    new StudentUpdate(settings, student, networks).take(with, bins, draws(), learningRate, owner);
            counts = counts.afterStudentUpdate();
            if (outcome.applied()) {
                bins = outcome.weighting().bins();
                optimizerSteps++;
            }
            return outcome;
        }
    }

    private Draws draws() {
        return Draws.of(settings.seed(), Purpose.TRAINING, counts.draws());
    }
}
