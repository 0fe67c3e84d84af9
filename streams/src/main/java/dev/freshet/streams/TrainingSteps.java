package dev.freshet.streams;

import akka.Done;
import dev.freshet.model.learning.StepReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Takes one training step after another, none while the run is paused, and accounts for what each learnt from.
 *
 * @param <B> a batch
 */
final class TrainingSteps<B> {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Learning<B> learning;
    private final GroupLedger ledger;
    private final AdmissionGate<?> admission;
    private final GeneratedTokens generated;
    private final StageActivity activity;
    private final LongSupplier nanoTime;
    private final Gate gate;
    private long stepsLeft;
    private long lastStepEnded;
    private CompletableFuture<Done> running = CompletableFuture.completedFuture(Done.getInstance());

    /**
     * How a step is taken.
     *
     * @param learn completes when the version that it made can be read
     * @param sequences admission numbers of what is in a batch, in order
     */
    record Learning<B>(Function<B, CompletionStage<StepReport>> learn, Function<B, List<Long>> sequences) {}

    /** @param steps to be taken */
    TrainingSteps(
            Learning<B> learning,
            long steps,
            GroupLedger ledger,
            AdmissionGate<?> admission,
            GeneratedTokens generated,
            StageActivity activity,
            LongSupplier nanoTime) {
        this.learning = learning;
        this.ledger = ledger;
        this.admission = admission;
        this.generated = generated;
        this.activity = activity;
        this.nanoTime = nanoTime;
        this.stepsLeft = steps;
        this.gate = new Gate(ledger, activity, () -> true);
        this.lastStepEnded = nanoTime.getAsLong();
    }

    /** Learns from a batch as soon as the run is not paused; completes with nothing when no step may be taken any more. */
    CompletionStage<Optional<StepReport>> take(B batch) {
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

    private CompletionStage<Optional<StepReport>> learn(B batch, CompletableFuture<Done> step) {
        return CompletableFuture.completedFuture(batch)
                .thenCompose(learning.learn())
                .thenApply(report -> account(batch, report))
                .whenComplete((report, failure) -> ended(step));
    }

    private Optional<StepReport> account(B batch, StepReport report) {
        long now = nanoTime.getAsLong();
        double seconds = Math.max(1, now - lastStepEnded) / NANOS_PER_SECOND;
        lastStepEnded = now;
        ledger.train(
                learning.sequences().apply(batch),
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
