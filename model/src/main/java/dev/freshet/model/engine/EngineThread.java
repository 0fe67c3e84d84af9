package dev.freshet.model.engine;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A thread that owns native work. Three switches of libtorch are thread-local and wrong by default in a new thread: gradients
 * are on, the graph executor optimises (which costs tens of seconds in a first call), and OpenMP takes every core. So each
 * role has one thread of this kind for its whole life, and no native call runs anywhere else.
 */
public final class EngineThread implements AutoCloseable {
    /** Whoever scrapes, steers or passes groups on is let in at once, and not when a tick of computing ends. */
    private static final int NICENESS = 5;

    private static final Duration CLOSE_DEADLINE = Duration.ofMinutes(1);

    private final String name;
    private final ExecutorService executor;

    private EngineThread(String name, ExecutorService executor) {
        this.name = name;
        this.executor = executor;
    }

    /**
     * Starts a thread that runs its work in the order of submission.
     *
     * @param intraOpThreads OpenMP threads that a native call of this thread may use, at least 1
     */
    public static EngineThread start(String name, int intraOpThreads) {
        if (intraOpThreads < 1) {
            throw new IllegalArgumentException("threads of " + name + " must be at least 1, was " + intraOpThreads);
        }
        // Loads the native libraries here, where a failure reaches the caller, and not in the new thread, where it
        // would only end it.
        Engine.getEngine("PyTorch");
        ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(() -> runWithSwitchesSet(work, intraOpThreads), name);
            thread.setDaemon(true);
            return thread;
        });
        return new EngineThread(name, executor);
    }

    /**
     * Queues work; its result or failure completes the future on this thread. A closed thread's future has failed already, with
     * an {@link IllegalStateException}.
     */
    public <T> CompletableFuture<T> submit(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            execute(() -> complete(result, work));
        } catch (IllegalStateException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    /**
     * Runs work on this thread and waits for it. What the work throws is thrown here as it is, but for checked exceptions, which
     * become the cause of an {@link IllegalStateException}.
     */
    public <T> T call(Callable<T> work) throws InterruptedException {
        return await(submit(work));
    }

    /**
     * As {@link #call}, of work that opens something. A caller who is interrupted gets none of it: this thread closes what it has
     * opened for nobody.
     */
    public <T extends AutoCloseable> T open(Callable<T> work) throws InterruptedException {
        CompletableFuture<T> opened = submit(work);
        try {
            return await(opened);
        } catch (InterruptedException e) {
            execute(() -> closeWhatWasOpened(opened));
            throw e;
        }
    }

    /** Queues work that answers for its own failures. */
    public void execute(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(name + " is closed and takes no more work", e);
        }
    }

    /**
     * Lets queued work finish, then ends the thread. An interrupt does not shorten it, since whoever closes goes on to free what that
     * work holds; the caller finds it when this returns.
     */
    @Override
    public void close() {
        executor.shutdown();
        long deadline = System.nanoTime() + CLOSE_DEADLINE.toNanos();
        boolean interrupted = false;
        try {
            while (!executor.isTerminated()) {
                try {
                    if (!executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        throw new IllegalStateException(name + " did not finish its work within " + CLOSE_DEADLINE);
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> T await(CompletableFuture<T> result) throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("work of " + name + " failed", e.getCause());
        }
    }

    /** Errors count as failures, too: want of memory for a direct buffer ends no JVM, and nobody may wait for it in vain. */
    private static <T> void complete(CompletableFuture<T> result, Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Throwable e) {
            OutOfMemory.report(e);
            result.completeExceptionally(e);
        }
    }

    /** Runs behind the work that opens it, which is therefore done. */
    private static void closeWhatWasOpened(CompletableFuture<? extends AutoCloseable> opened) {
        if (opened.isCompletedExceptionally()) {
            return;
        }
        try {
            opened.join().close();
        } catch (Exception e) {
            throw new IllegalStateException("what was opened for an interrupted caller could not be closed", e);
        }
    }

    private static void runWithSwitchesSet(Runnable work, int intraOpThreads) {
        ThreadNiceness.raiseTo(NICENESS);
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(false);
        JniUtils.setNumThreads(intraOpThreads);
        work.run();
    }
}
