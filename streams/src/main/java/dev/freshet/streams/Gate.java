package dev.freshet.streams;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds up one stage of the stream while it is closed or lacks credit, and lets it pass the moment that neither is so: nobody
 * polls. Thread-safe.
 */
final class Gate {
    private final Object lock;
    private final StageActivity activity;
    private final BooleanSupplier credit;
    private boolean open = true;
    private boolean ended;
    private @Nullable Passage<?> waiting;

    /**
     * @param lock held while it is decided whether to pass
     * @param activity told what the stage waits for
     * @param credit asked under the lock; {@link #review} must be called when its answer may have turned to yes
     */
    Gate(Object lock, StageActivity activity, BooleanSupplier credit) {
        this.lock = lock;
        this.activity = activity;
        this.credit = credit;
    }

    /**
     * Waits until the gate lets pass, and completes with what {@code action} made at that moment; or, when the gate has ended,
     * with nothing. At most one may wait.
     *
     * @param action run under the lock, so that nothing passes after {@link #close} has returned; must be short and not throw
     */
    <T> CompletionStage<Optional<T>> pass(Supplier<T> action) {
        Passage<T> passage = new Passage<>(action, new CompletableFuture<>());
        synchronized (lock) {
            if (waiting != null) {
                throw new IllegalStateException("one waits at this gate already");
            }
            waiting = passage;
        }
        review();
        return passage.result();
    }

    void open() {
        synchronized (lock) {
            open = true;
        }
        review();
    }

    void close() {
        synchronized (lock) {
            open = false;
        }
        review();
    }

    /** Lets nothing pass any more, ever, and sends away who waits. */
    void end() {
        synchronized (lock) {
            ended = true;
        }
        review();
    }

    /** Decides again about who waits. */
    void review() {
        Runnable answer;
        synchronized (lock) {
            if (waiting == null) {
                return;
            }
            Optional<WaitReason> heldBy = heldBy();
            if (heldBy.isPresent()) {
                activity.waits(heldBy.get());
                return;
            }
            answer = waiting.decide(!ended);
            waiting = null;
        }
        // Outside the lock, because whoever hears the answer goes on from here on this thread.
        answer.run();
    }

    private Optional<WaitReason> heldBy() {
        if (ended) {
            return Optional.empty();
        }
        if (!open) {
            return Optional.of(WaitReason.PAUSED);
        }
        return credit.getAsBoolean() ? Optional.empty() : Optional.of(WaitReason.WEIGHTS);
    }

    private record Passage<T>(Supplier<T> action, CompletableFuture<Optional<T>> result) {
        Runnable decide(boolean passes) {
            Optional<T> made = passes ? Optional.of(action.get()) : Optional.empty();
            return () -> result.complete(made);
        }
    }
}
