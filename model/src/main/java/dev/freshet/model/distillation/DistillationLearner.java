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
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.RatioBins;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A {@link PolicyLearner} of a one-step student, whose version each round makes. What a round does depends on settings, data, the state
 * before it and its number alone.
 */
public final class DistillationLearner implements PolicyLearner {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Samples for others than updates, made at once. */
    private static final int AT_ONCE = 1024;

    private static final String BINS = "objective.ratio_bins";

    private final EngineThread thread;
    private final DistillationSettings settings;
    private final TrainingData data;
    private final Student student;
    private final NDManager batches;
    private Networks networks;
    private RatioBins bins;
    private volatile PolicyVersion version;
    private long step;
    private long optimizerSteps;

    private DistillationLearner(
            EngineThread thread,
            DistillationSettings settings,
            TrainingData data,
            Opened opened,
            LearnerSnapshot state) {
        this.thread = thread;
        this.settings = settings;
        this.data = data;
        this.student = settings.student().of(data.dimensions());
        this.batches = opened.batches();
        this.networks = opened.networks();
        this.bins = opened.bins();
        this.version = state.version();
        this.step = state.step();
        this.optimizerSteps = state.optimizerSteps();
    }

    private record Opened(Networks networks, RatioBins bins, NDManager batches) implements AutoCloseable {
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
     * @throws IllegalArgumentException if the state's tensors are not those of the settings
     */
    public static DistillationLearner start(DistillationSettings settings, TrainingData data, LearnerSnapshot state)
            throws InterruptedException {
        settings.device().requirePresent();
        EngineThread thread = EngineThread.start("learner", settings.threads());
        try {
            return new DistillationLearner(
                    thread, settings, data, thread.open(() -> open(settings, data, state)), state);
        } catch (Throwable e) {
            thread.close();
            throw e;
        }
    }

    private static Opened open(DistillationSettings settings, TrainingData data, LearnerSnapshot state) {
        JniUtils.setGradMode(true);
        try (OpenedSoFar opened = new OpenedSoFar()) {
            RatioBins bins = bins(state.optimizer());
            Networks networks =
                    opened.add(Networks.open(settings, data.dimensions(), state.weights(), state.optimizer()));
            NDManager batches = opened.add(settings.device().newManager(ArrayKind.BATCH));
            opened.keep();
            return new Opened(networks, bins, batches);
        }
    }

    /** Before the first step there are none: the objective says how many. */
    private static RatioBins bins(List<TensorData> optimizer) {
        return optimizer.isEmpty() ? RatioBins.initial(1) : new RatioBins(HostTensors.doublesOf(BINS, optimizer));
    }

    @Override
    public CompletionStage<StepReport> learn(LearningBatch batch, PolicyObjective objective, StepSettings with) {
        return CompletableFuture.failedFuture(
                new IllegalArgumentException("this learner distils a student, and learns from no rollouts"));
    }

    @Override
    public CompletionStage<StepReport> distil(long round, FDistill objective, StepSettings with) {
        return thread.submit(() -> take(round, objective, with, System.nanoTime()));
    }

    @Override
    public CompletionStage<LearnerSnapshot> snapshot() {
        return thread.submit(() -> {
            List<TensorData> optimizer = new ArrayList<>(networks.optimizer());
            optimizer.add(HostTensors.doubles(BINS, bins.means()));
            return new LearnerState(version, step, optimizerSteps, networks.weights(), optimizer);
        });
    }

    @Override
    public CompletionStage<Void> restore(LearnerSnapshot state) {
        return thread.submit(() -> {
            RatioBins means = bins(state.optimizer());
            Networks others = Networks.open(settings, data.dimensions(), state.weights(), state.optimizer());
            networks.close();
            networks = others;
            bins = means;
            version = state.version();
            step = state.step();
            optimizerSteps = state.optimizerSteps();
            return null;
        });
    }

    /** Samples of the newest version, from latents that are the same at every version. */
    public CompletionStage<SampleSet> samples(int count) {
        return thread.submit(() -> {
            List<SampleSet> parts = new ArrayList<>();
            for (int first = 0; first < count; first += AT_ONCE) {
                try (NDManager owner = batches.newSubManager()) {
                    Draws draws = Draws.of(settings.seed(), Purpose.EVALUATION, first);
                    int rows = Math.min(AT_ONCE, count - first);
                    parts.add(HostSamples.of(student.generate(
                            networks.program(), networks.student(), Weights.FROZEN, draws, rows, owner)));
                }
            }
            return HostSamples.joined(parts);
        });
    }

    /** What a trained teacher samples; fails with an {@link IllegalStateException} if it is exact, as the data itself is. */
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

    private StepReport take(long round, FDistill objective, StepSettings with, long start) {
        DistillationTally tally = new DistillationTally();
        int headStart = step == 0 ? settings.critic().headStart() : 0;
        int updates = headStart + settings.critic().updates();
        for (int update = 0; update < updates; update++) {
            tally.add(updateCritic(round, update, update - headStart));
        }
        double learningRate = with.learningRate().at(step);
        StudentUpdate.Outcome outcome = updateStudent(round, updates, objective, with, learningRate);
        version = version.next();
        step++;
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        return tally.report(version, round, objective, outcome, learningRate, settings.batch(), seconds);
    }

    /**
     * @param update of the round, from 0
     * @param batch of the round's examples, from 0; below 0 for those before, which a head start takes
     */
    private CriticUpdate.Outcome updateCritic(long round, int update, int batch) {
        try (NDManager owner = batches.newSubManager()) {
            long first = settings.firstExample(round) + (long) batch * settings.batch();
            double learningRate = settings.critic().update().learningRate().at(settings.criticUpdates(step) + update);
            return new CriticUpdate(settings, student, networks)
                    .take(draws(round, update), data.examples(first, settings.batch()), learningRate, owner);
        }
    }

    private StudentUpdate.Outcome updateStudent(
            long round, int update, FDistill objective, StepSettings with, double learningRate) {
        try (NDManager owner = batches.newSubManager()) {
            StudentUpdate.Outcome outcome = new StudentUpdate(settings, student, networks)
                    .take(objective, bins, draws(round, update), learningRate, with.optimizer(), owner);
            if (outcome.applied()) {
                bins = outcome.weighting().bins();
                optimizerSteps++;
            }
            return outcome;
        }
    }

    /** A round of any length has numbers of its own. */
    private Draws draws(long round, int update) {
        return Draws.of(settings.seed(), Purpose.TRAINING, (round << Integer.SIZE) + update);
    }
}
