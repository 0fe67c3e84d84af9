package dev.freshet.actors;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A fixed number of threads for verifiers, with one more for each that hangs: so many always take work. One actor's own. */
final class VerifierThreads {
    private final int threads;
    private final ThreadPoolExecutor executor;

    VerifierThreads(int threads) {
        this.threads = threads;
        AtomicLong number = new AtomicLong();
        this.executor =
                new ThreadPoolExecutor(threads, threads, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "verifier-" + number.getAndIncrement());
                    // A verifier that ignores its interrupt must not keep the process alive.
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Cancelling the answer interrupts the thread. */
    Future<?> run(Runnable work) {
        return executor.submit(work);
    }

    /** Makes up for {@code hung} threads that have been interrupted and have not come back. */
    void replace(int hung) {
        int wanted = threads + hung;
        // The order matters: a core size above the maximum is refused.
        if (wanted > executor.getMaximumPoolSize()) {
            executor.setMaximumPoolSize(wanted);
            executor.setCorePoolSize(wanted);
        } else {
            executor.setCorePoolSize(wanted);
            executor.setMaximumPoolSize(wanted);
        }
    }

    /** Interrupts whatever runs, without waiting for it. */
    void close() {
        executor.shutdownNow();
    }
}
