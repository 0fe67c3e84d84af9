package dev.freshet.streams;

import akka.Done;
import akka.stream.KillSwitch;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** How a pipeline, whatever flows in it, begins once and comes to an end in which everything is accounted for. */
final class PipelineLife {
    private final GroupLedger ledger;
    private final AdmissionGate<?> admission;
    private final TrainingSteps<?> steps;
    private final StageClock clock;
    private final AtomicBoolean started = new AtomicBoolean();

    PipelineLife(GroupLedger ledger, AdmissionGate<?> admission, TrainingSteps<?> steps, StageClock clock) {
        this.ledger = ledger;
        this.admission = admission;
        this.steps = steps;
        this.clock = clock;
    }

    /** Admits nothing, and takes no step, until it is resumed. */
    void pause() {
        admission.pause();
        steps.pause();
    }

    /**
     * @param beforeLearn cuts the stream between batch and learn
     * @param streamEnded completes when the last stage has ended
     */
    RunningPipeline running(KillSwitch beforeLearn, CompletionStage<Done> streamEnded) {
        if (started.getAndSet(true)) {
            throw new IllegalStateException("a pipeline runs once: make another from the same ledger");
        }
        PipelineControl control = new PipelineControl(admission, steps, clock, beforeLearn);
        // Failure and abort reach the last stage before the first: what is in flight is known when both have ended, and
        // the running step too.
        CompletionStage<Done> completion = streamEnded
                .handle((done, failure) -> Optional.<Throwable>ofNullable(failure))
                .whenComplete((failure, none) -> steps.end())
                .thenCombine(admission.closed(), (failure, done) -> failure)
                .thenCompose(failure -> steps.idle().thenApply(done -> failure))
                .thenCompose(failure -> complete(control, failure));
        return new RunningPipeline(control, completion);
    }

    private CompletionStage<Done> complete(PipelineControl control, Optional<Throwable> failure) {
        ledger.returnInFlight(failure.map(cause -> "the pipeline failed: " + cause.getMessage())
                .orElseGet(control::whyEnded));
        return failure.map(CompletableFuture::<Done>failedFuture)
                .orElseGet(() -> CompletableFuture.completedFuture(Done.getInstance()));
    }
}
