package dev.freshet.ops.training;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.model.weights.WeightSource;
import dev.freshet.streams.Asker;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Measures versions beside training, for callers and for the run; one measurement at a time, each an event of the run. */
final class PolicyEvaluator implements AutoCloseable {
    private static final long CLOSE_SECONDS = 60;

    private final EvaluationSuites suites;
    private final WeightRegistry registry;
    private final EventSink events;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(PolicyEvaluator::thread);
    private final AtomicBoolean measuring = new AtomicBoolean();
    private final PendingAnswers<EvaluationCompleted> pending = new PendingAnswers<>();
    private @Nullable Thread worker;

    PolicyEvaluator(EvaluationSuites suites, WeightRegistry registry, EventSink events) {
        this.suites = suites;
        this.registry = registry;
        this.events = events;
    }

    /**
     * Measures the newest version for a caller. A result that is completed from outside, by a deadline or a caller who leaves, gives
     * the measurement up.
     *
     * @throws RefusedException if there is no such suite, or one is being measured
     */
    CompletableFuture<EvaluationCompleted> evaluate(String suite) {
        return begin(suites.named(suite), registry, Asker.CALLER)
                .orElseThrow(() -> new RefusedException(
                        Kind.FAILED_PRECONDITION,
                        "an evaluation is under way, and one runs at a time; try again after it"));
    }

    /**
     * As {@link #evaluate}, of the newest version of {@code weights}.
     *
     * @return empty if one is being measured
     * @throws RefusedException if this has closed
     */
    Optional<CompletableFuture<EvaluationCompleted>> begin(
            HeldOutEvaluation evaluation, WeightSource weights, Asker askedBy) {
        if (!measuring.compareAndSet(false, true)) {
            return Optional.empty();
        }
        CompletableFuture<EvaluationCompleted> result = pending.open();
        try {
            thread.execute(() -> measure(result, () -> evaluation.measure(weights, askedBy)));
        } catch (RejectedExecutionException closed) {
            measuring.set(false);
            throw PolicyAccess.ended();
        }
        var unused = result.whenComplete((done, failure) -> giveUpIf(failure != null));
        return Optional.of(result);
    }

    /** Gives up what is being measured, and what was about to be; interrupts nothing else, since an event may be being written. */
    @Override
    public void close() {
        thread.shutdown();
        giveUpIf(true);
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("an evaluation did not end within " + CLOSE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            pending.refuse(overtaken());
        }
    }

    private void measure(CompletableFuture<EvaluationCompleted> result, Callable<EvaluationCompleted> evaluation) {
        try {
            EvaluationCompleted measured = measured(result, evaluation);
            events.accept(measured);
            result.complete(measured);
        } catch (InterruptedException givenUp) {
            result.completeExceptionally(overtaken());
        } catch (Exception | Error failure) {
            // How it fails after the interrupt, tells nothing.
            result.completeExceptionally(thread.isShutdown() ? overtaken() : failure);
        }
    }

    private static RefusedException overtaken() {
        return new RefusedException(
                Kind.FAILED_PRECONDITION,
                "the run ended before the evaluation did, which was given up; freshet eval measures its checkpoints");
    }

    private EvaluationCompleted measured(
            CompletableFuture<EvaluationCompleted> result, Callable<EvaluationCompleted> evaluation) throws Exception {
        try {
            enter(result);
            return evaluation.call();
        } finally {
            leave();
        }
    }

    private synchronized void enter(CompletableFuture<EvaluationCompleted> result) throws InterruptedException {
        worker = Thread.currentThread();
        if (result.isDone() || thread.isShutdown()) {
            throw new InterruptedException("given up before it began");
        }
    }

    /** An interrupt that nobody noticed would hit the next measurement. */
    private synchronized void leave() {
        worker = null;
        measuring.set(false);
        boolean unused = Thread.interrupted();
    }

    private synchronized void giveUpIf(boolean unwanted) {
        if (unwanted && worker != null) {
            worker.interrupt();
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "evaluate");
        thread.setDaemon(true);
        return thread;
    }
}
