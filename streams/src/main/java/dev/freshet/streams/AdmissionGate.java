package dev.freshet.streams;

import akka.Done;
import akka.NotUsed;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import java.util.function.LongFunction;

/**
 * The only place where work enters. A prompt is admitted when a generator has room for it, the run is not paused and, in
 * synchronous mode, the batch that is learnt from next still lacks a group.
 */
final class AdmissionGate {
    private final GroupLedger ledger;
    private final LongFunction<Prompt> prompts;
    private final DoubleSupplier temperature;
    private final StageActivity activity;
    private final Gate gate;
    private final CompletableFuture<Done> closed = new CompletableFuture<>();

    /** @param temperature of the groups that are admitted from now on */
    AdmissionGate(
            PipelineSettings settings,
            GroupLedger ledger,
            LongFunction<Prompt> prompts,
            DoubleSupplier temperature,
            StageActivity activity) {
        this.ledger = ledger;
        this.prompts = prompts;
        this.temperature = temperature;
        this.activity = activity;
        // A step makes room for a batch only when its version is published, and a dropped group makes room for one
        // more: that
        // the groups of batch k + 1 wait for version k is a limit on groups in flight.
        this.gate = new Gate(
                ledger,
                activity,
                settings.mode() == AdmissionMode.SYNCHRONOUS
                        ? () -> ledger.inFlight() < settings.batchGroups()
                        : () -> true);
    }

    /** Completes with the next prompt when it may enter, or with nothing when none will enter any more. */
    CompletionStage<Optional<AdmittedPrompt>> next() {
        return gate.pass(this::admit).thenApply(admitted -> admitted.map(this::prompt));
    }

    /** Ends a group without training. */
    void drop(Outcome.Dropped<?> group) {
        ledger.drop(group);
        gate.review();
    }

    /** Groups have ended, which may make room for others. */
    void review() {
        gate.review();
    }

    void pause() {
        gate.close();
    }

    void resume() {
        gate.open();
    }

    /** Admits nothing any more. */
    void end() {
        gate.end();
    }

    /** Admits nothing any more once the stream has ended at its source. */
    NotUsed closeAfter(CompletionStage<Done> sourceEnded) {
        var unused = sourceEnded.whenComplete((done, failure) -> {
            gate.end();
            closed.complete(Done.getInstance());
        });
        return NotUsed.getInstance();
    }

    /** Completes when the stream has ended at its source: no group is admitted or dropped any more. */
    CompletionStage<Done> closed() {
        return closed;
    }

    private long admit() {
        activity.waitsAnew(WaitReason.DEMAND);
        return ledger.admit();
    }

    private AdmittedPrompt prompt(long sequence) {
        return new AdmittedPrompt(sequence, prompts.apply(sequence), temperature.getAsDouble());
    }
}
