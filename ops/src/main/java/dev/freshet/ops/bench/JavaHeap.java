package dev.freshet.ops.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How the Java heap grows.
 *
 * @param initialBytes that it begins with
 * @param maxBytes that it may grow to
 * @param touched whether all of it was made resident at the start
 */
record JavaHeap(long initialBytes, long maxBytes, boolean touched) {
    static JavaHeap here() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return new JavaHeap(
                Long.parseLong(machine.getVMOption("InitialHeapSize").getValue()),
                Long.parseLong(machine.getVMOption("MaxHeapSize").getValue()),
                Boolean.parseBoolean(machine.getVMOption("AlwaysPreTouch").getValue()));
    }

    /** All of a fixed heap is resident from the start, so that what a process grows by is not its heap. */
    void requireFixed() {
        if (initialBytes != maxBytes || !touched) {
            throw new IllegalArgumentException(
                    "the heap must be of one size, and touched, for the growth of other memory"
                            + " to be seen, was of " + initialBytes + " to " + maxBytes + " bytes and "
                            + (touched ? "touched" : "not touched")
                            + "; set FRESHET_JAVA_OPTIONS=\"-XX:+UseSerialGC -Xms" + maxBytes
                            + " -XX:+AlwaysPreTouch\"");
        }
    }
}
