package dev.freshet.streams;

import akka.Done;
import akka.NotUsed;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;

/**
 * The only place where work enters: when the stage behind has room for it, the run is not paused and, where batches wait for versions, the
 * batch that is learnt from next still lacks something.
 *
 * @param <T> what enters
 */
final class AdmissionGate<T> {
    private final GroupLedger ledger;
    private final LongFunction<T> entrants;
    private final StageActivity activity;
    private final Gate gate;
    private final CompletableFuture<Done> closed = new CompletableFuture<>();

    /**
     * @param room whether the batch that is learnt from next lacks something; asked when something has ended
     * @param entrants by admission number
     */
    AdmissionGate(GroupLedger ledger, BooleanSupplier room, LongFunction<T> entrants, StageActivity activity) {
        this.ledger = ledger;
        this.entrants = entrants;
        this.activity = activity;
        this.gate = new Gate(ledger, activity, room);
    }

    /** Completes with the next when it may enter, or with nothing when none will enter any more. */
    CompletionStage<Optional<T>> next() {
        return gate.pass(this::admit).thenApply(admitted -> admitted.map(entrants::apply));
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
}
