package dev.freshet.streams;

import akka.Done;
import akka.stream.KillSwitch;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the stages of one pipeline share. */
record PipelineParts(
        RolloutRun run,
        AdmissionGate admission,
        GeneratedTokens generated,
        TrainingSteps steps,
        StageClock clock,
        AtomicBoolean started) {
    static PipelineParts of(RolloutRun run, StageClock clock) {
        AdmissionGate admission = new AdmissionGate(
                run.settings(), run.ledger(), run.prompts(), run.ports()::temperature, clock.of(StageName.PROMPTS));
        GeneratedTokens generated = new GeneratedTokens();
        TrainingSteps steps = new TrainingSteps(run, admission, generated, clock.of(StageName.LEARN));
        return new PipelineParts(run, admission, generated, steps, clock, new AtomicBoolean());
    }

    PipelineSettings settings() {
        return run.settings();
    }

    PipelinePorts ports() {
        return run.ports();
    }

    /**
     * @param beforeLearn cuts the stream between batch and learn
     * @param streamEnded completes when the last stage has ended
     */
    RunningPipeline running(KillSwitch beforeLearn, CompletionStage<Done> streamEnded) {
        if (started.getAndSet(true)) {
            throw new IllegalStateException("a rollout pipeline runs once: make another from the same ledger");
        }
        PipelineControl control = new PipelineControl(admission, steps, clock, beforeLearn);
        // Failure and abort reach the last stage before the first: what is in flight is known when both have ended, and
        // the
        // running step too.
        CompletionStage<Done> completion = streamEnded
                .handle((done, failure) -> Optional.<Throwable>ofNullable(failure))
                .whenComplete((failure, none) -> steps.end())
                .thenCombine(admission.closed(), (failure, done) -> failure)
                .thenCompose(failure -> steps.idle().thenApply(done -> failure))
                .thenCompose(failure -> complete(control, failure));
        return new RunningPipeline(control, completion);
    }

    private CompletionStage<Done> complete(PipelineControl control, Optional<Throwable> failure) {
        run.ledger()
                .returnInFlight(failure.map(cause -> "the pipeline failed: " + cause.getMessage())
                        .orElseGet(control::whyEnded));
        return failure.map(CompletableFuture::<Done>failedFuture)
                .orElseGet(() -> CompletableFuture.completedFuture(Done.getInstance()));
    }
}
