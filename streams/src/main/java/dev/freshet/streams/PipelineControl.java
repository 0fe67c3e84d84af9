package dev.freshet.streams;

import akka.Done;
import akka.stream.KillSwitch;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Steers a running pipeline. Methods may be called from any thread, in any order, and more than once. */
public final class PipelineControl {
    private final AdmissionGate<?> admission;
    private final TrainingSteps<?> steps;
    private final StageClock clock;
    private final KillSwitch beforeLearn;
    private volatile String whyEnded = "all steps are taken";

    PipelineControl(AdmissionGate<?> admission, TrainingSteps<?> steps, StageClock clock, KillSwitch beforeLearn) {
        this.admission = admission;
        this.steps = steps;
        this.clock = clock;
        this.beforeLearn = beforeLearn;
    }

    /**
     * Admits nothing more and takes no step after the running one; admitted groups finish and wait. Completes when no step
     * runs.
     */
    public CompletionStage<Done> pause() {
        admission.pause();
        steps.pause();
        return steps.idle();
    }

    public void resume() {
        steps.resume();
        admission.resume();
    }

    /**
     * Admits nothing more and ends when the batches that can still be filled have been learnt from; the groups left over are
     * handed back. A paused pipeline takes up its steps for it.
     */
    public void drain() {
        whyEnded = "the run was drained";
        admission.end();
        steps.resume();
    }

    /** Ends after the running step; all groups that it does not learn from are handed back. */
    public void abort() {
        abort("the run was stopped");
    }

    /** As {@link #abort()}, for the reason that the groups' return is told with. */
    public void abort(String why) {
        whyEnded = why;
        admission.end();
        steps.end();
        beforeLearn.shutdown();
    }

    /** How each stage has spent its time so far. */
    public List<StageSnapshot> stages() {
        return clock.snapshots();
    }

    StageClock clock() {
        return clock;
    }

    String whyEnded() {
        return whyEnded;
    }
}
