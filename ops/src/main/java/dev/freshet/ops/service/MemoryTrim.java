package dev.freshet.ops.service;

import dev.freshet.model.engine.NativeHeap;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Gives native memory that nobody uses back to the system now and then. Buffers that garbage owns stay until the collector comes by,
 * which in a heap with room is hours; and tensors of ever other sizes leave gaps behind that no later one fits. So a process that
 * never gives any back holds far more than it uses.
 */
public final class MemoryTrim implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(MemoryTrim::thread);

    MemoryTrim() {}

    /** Collects garbage and trims the C library's memory, where that can be done, for as long as the work takes. */
    public static <T> T during(ServiceSettings settings, Callable<T> work) throws Exception {
        try (MemoryTrim started = new MemoryTrim()) {
            settings.collectInterval().ifPresent(interval -> started.every(interval, System::gc));
            NativeHeap.ofThisSystem()
                    .ifPresent(
                            heap -> settings.trimInterval().ifPresent(interval -> started.every(interval, heap::trim)));
            return work.call();
        }
    }

    /** One thing after another, on one thread. */
    void every(Duration interval, Runnable what) {
        var unused = thread.scheduleWithFixedDelay(what, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "memory-trim");
        thread.setDaemon(true);
        return thread;
    }
}
