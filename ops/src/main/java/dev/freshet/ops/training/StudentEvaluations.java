package dev.freshet.ops.training;

import dev.freshet.actors.Failures;
import dev.freshet.model.distillation.DistillationLearner;
import dev.freshet.model.distillation.FidelitySettings;
import dev.freshet.model.distillation.StudentFidelity;
import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.MissedEvaluation;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.FidelityMeasured;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Has a student's samples measured every so many versions while it is distilled. They are ordered while the event of their step is told,
 * before the next step begins, and so are of its version; what they are worth is found out on a thread of its own. One at a time: a
 * version that is due meanwhile is passed over. What is missed is an event with its reason.
 */
final class StudentEvaluations implements EventSink, AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long LONGEST_SECONDS = 600;
    private static final String SUITE = "samples";

    private final FidelitySettings settings;
    private final StudentFidelity fidelity;
    private final SamplePictures pictures;
    private final DistillationLearner learner;
    private final long totalSteps;
    private final EventSink events;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(StudentEvaluations::thread);
    private volatile CompletableFuture<?> underWay = CompletableFuture.completedFuture(true);

    /**
     * @param totalSteps of the run, whose last version is measured when it has ended
     * @param events told of what is measured on the way, and of what is missed
     */
    StudentEvaluations(
            FidelitySettings settings,
            StudentFidelity fidelity,
            SamplePictures pictures,
            DistillationLearner learner,
            long totalSteps,
            EventSink events) {
        this.settings = settings;
        this.fidelity = fidelity;
        this.pictures = pictures;
        this.learner = learner;
        this.totalSteps = totalSteps;
        this.events = events;
    }

    /** A step's event comes before the next step begins. */
    @Override
    public void accept(PipelineEvent event) {
        if (event instanceof StepTrained step && isDue(step.report().version().number())) {
            begin(step.report().version());
        }
    }

    private boolean isDue(long version) {
        return settings.interval() > 0 && version % settings.interval() == 0 && version < totalSteps;
    }

    private void begin(PolicyVersion version) {
        if (!underWay.isDone()) {
            events.accept(missed(
                    version,
                    MissedEvaluation.SKIPPED,
                    "the one before is still under way: raise freshet.distill.evaluation.interval, or measure fewer"
                            + " samples"));
            return;
        }
        long start = System.nanoTime();
        underWay = learner.samples(settings.samples())
                .toCompletableFuture()
                .thenApplyAsync(samples -> measured(version, samples, start), thread)
                .exceptionally(failure -> failed(version, failure))
                .thenAccept(events::accept);
    }

    /** Waits until nothing is being measured. */
    void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
        var unused = underWay.get(LONGEST_SECONDS, TimeUnit.SECONDS);
    }

    /** What the newest version's samples are worth, or why that is not known. Waits for the step that is under way. */
    PipelineEvent measured() throws InterruptedException {
        long start = System.nanoTime();
        try {
            SampleSet samples =
                    learner.samples(settings.samples()).toCompletableFuture().get(LONGEST_SECONDS, TimeUnit.SECONDS);
            return measured(learner.version(), samples, start);
        } catch (ExecutionException | TimeoutException | RuntimeException failure) {
            return failed(learner.version(), failure);
        }
    }

    private PipelineEvent measured(PolicyVersion version, SampleSet samples, long start) {
        Map<String, Double> measures = fidelity.of(samples);
        String picture = pictures.write(version, fidelity.examples(), samples);
        return new FidelityMeasured(
                version, samples.size(), measures, picture, (System.nanoTime() - start) / NANOS_PER_SECOND);
    }

    private static PipelineEvent failed(PolicyVersion version, Throwable failure) {
        return missed(version, MissedEvaluation.FAILED, Failures.describe(failure));
    }

    private static PipelineEvent missed(PolicyVersion version, MissedEvaluation how, String why) {
        return new EvaluationMissed(SUITE, version, how, why);
    }

    /** Waits for what is under way, so that nobody measures what is closed next. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "the evaluation of samples did not end within " + LONGEST_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "fidelity");
        thread.setDaemon(true);
        return thread;
    }
}
