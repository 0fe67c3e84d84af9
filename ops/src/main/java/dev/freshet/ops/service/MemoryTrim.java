package dev.freshet.ops.service;

import dev.freshet.model.engine.NativeHeap;
import java.time.Duration;
import java.util.Optional;
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

    private MemoryTrim() {}

    /** Collects garbage and trims the C library's memory, where that can be done, for as long as the work takes. */
    public static <T> T during(ServiceSettings settings, Callable<T> work) throws Exception {
        Optional<Runnable> trim = NativeHeap.ofThisSystem().map(heap -> () -> {
            System.gc();
            heap.trim();
        });
        Optional<Duration> interval = settings.trimInterval().filter(every -> trim.isPresent());
        MemoryTrim started = start(interval, trim.orElse(() -> {}));
        try {
            return work.call();
        } finally {
            started.close();
        }
    }

    static MemoryTrim start(Optional<Duration> interval, Runnable trim) {
        MemoryTrim started = new MemoryTrim();
        interval.ifPresent(every -> {
            var unused =
                    started.thread.scheduleWithFixedDelay(trim, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
        });
        return started;
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
