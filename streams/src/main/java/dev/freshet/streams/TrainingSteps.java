package dev.freshet.streams;

import akka.Done;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.LearningBatch;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Takes one training step after another, none while the run is paused, and accounts for what each learnt from. */
final class TrainingSteps {
    private static final double NANOS_PER_SECOND = 1e9;

    private final PipelinePorts ports;
    private final GroupLedger ledger;
    private final AdmissionGate admission;
    private final GeneratedTokens generated;
    private final StageActivity activity;
    private final LongSupplier nanoTime;
    private final Gate gate;
    private long stepsLeft;
    private long lastStepEnded;
    private CompletableFuture<Done> running = CompletableFuture.completedFuture(Done.getInstance());

    TrainingSteps(RolloutRun run, AdmissionGate admission, GeneratedTokens generated, StageActivity activity) {
        this.ports = run.ports();
        this.ledger = run.ledger();
        this.admission = admission;
        this.generated = generated;
        this.activity = activity;
        this.nanoTime = run.nanoTime();
        this.stepsLeft = run.steps();
        this.gate = new Gate(ledger, activity, () -> true);
        this.lastStepEnded = nanoTime.getAsLong();
    }

    /** Learns from a batch as soon as the run is not paused; completes with nothing when no step may be taken any more. */
    CompletionStage<Optional<StepReport>> take(LearningBatch batch) {
        return gate.pass(this::begin)
                .thenCompose(begun -> begun.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : learn(batch, begun.get()));
    }

    /** Completes when the running step has ended, at once when there is none. */
    CompletionStage<Done> idle() {
        synchronized (ledger) {
            return running;
        }
    }

    void pause() {
        gate.close();
    }

    void resume() {
        gate.open();
    }

    /** Takes no step any more; the running one is finished. */
    void end() {
        gate.end();
    }

    /** Nothing is admitted once the last step has begun: nobody would learn from it. */
    private CompletableFuture<Done> begin() {
        running = new CompletableFuture<>();
        activity.started();
        stepsLeft--;
        if (stepsLeft == 0) {
            admission.end();
        }
        return running;
    }

    private CompletionStage<Optional<StepReport>> learn(LearningBatch batch, CompletableFuture<Done> step) {
        return CompletableFuture.completedFuture(batch)
                .thenCompose(ports::learn)
                .thenApply(report -> account(batch, report))
                .whenComplete((report, failure) -> ended(step));
    }

    private Optional<StepReport> account(LearningBatch batch, StepReport report) {
        long now = nanoTime.getAsLong();
        double seconds = Math.max(1, now - lastStepEnded) / NANOS_PER_SECOND;
        lastStepEnded = now;
        ledger.train(
                batch.groups(),
                report,
                report.rollouts() / seconds,
                report.trainedTokens() / seconds,
                generated.takeNew() / seconds);
        admission.review();
        return Optional.of(report);
    }

    private void ended(CompletableFuture<Done> step) {
        activity.finished();
        activity.left();
        step.complete(Done.getInstance());
    }
}
