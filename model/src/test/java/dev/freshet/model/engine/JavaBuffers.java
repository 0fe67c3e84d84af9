package dev.freshet.model.engine;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** The JVM's memory outside of its heap that is held by buffers, until garbage is collected. */
public final class JavaBuffers {
    private static final BufferPoolMXBean DIRECT = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();

    private JavaBuffers() {}

    /** How many there are. */
    public static long count() {
        return DIRECT.getCount();
    }

    /** Of all of them. */
    public static long bytes() {
        return DIRECT.getTotalCapacity();
    }
}
