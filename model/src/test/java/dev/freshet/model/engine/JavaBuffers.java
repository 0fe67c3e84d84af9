package dev.freshet.model.engine;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;

/** The JVM's memory outside of its heap that is held by buffers, until garbage is collected. */
public final class JavaBuffers {
    private static final BufferPoolMXBean DIRECT = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();

    private static final long FREED_WITHIN_NANOS = 50_000_000;

    private JavaBuffers() {}

    /** How many there are. */
    public static long count() {
        return DIRECT.getCount();
    }

    /** How many there are when garbage has been collected. */
    public static long settledCount() {
        long count;
        do {
            count = DIRECT.getCount();
            System.gc();
            // Buffers are freed by a thread of the JVM's, some time after.
            LockSupport.parkNanos(FREED_WITHIN_NANOS);
        } while (DIRECT.getCount() < count);
        return DIRECT.getCount();
    }

    /** Of all of them. */
    public static long bytes() {
        return DIRECT.getTotalCapacity();
    }
}
