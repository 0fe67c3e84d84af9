package dev.freshet.ops.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of this process at one moment, in bytes.
 *
 * @param resident all that is in memory, files that are mapped included
 * @param anonymous the part of it that is no file's: the heap and what is allocated outside of it
 * @param heapUsed objects of the heap, dead ones included
 * @param heapCommitted size of the heap
 * @param otherJava classes and compiled code
 * @param direct buffers outside the heap that the heap's objects own, which go when the collector comes by
 */
record ProcessMemory(long resident, long anonymous, long heapUsed, long heapCommitted, long otherJava, long direct) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long KIBIBYTE = 1024;

    /** @throws UncheckedIOException where there is no Linux to ask */
    static ProcessMemory now() {
        List<String> status = status();
        MemoryMXBean java = ManagementFactory.getMemoryMXBean();
        return new ProcessMemory(
                bytes(status, "VmRSS:"),
                bytes(status, "RssAnon:"),
                java.getHeapMemoryUsage().getUsed(),
                java.getHeapMemoryUsage().getCommitted(),
                java.getNonHeapMemoryUsage().getUsed(),
                directBytes());
    }

    /**
     * Beside Java's own areas, given a heap that is resident as a whole. What the JVM allocates for its collector, compiler and
     * threads is still in it, and has to be as flat as the tensors.
     */
    long outsideJava() {
        return anonymous - heapCommitted - otherJava;
    }

    private static List<String> status() {
        try {
            return Files.readAllLines(STATUS);
        } catch (IOException noLinux) {
            throw new UncheckedIOException(noLinux);
        }
    }

    private static long bytes(List<String> status, String field) {
        String line = status.stream()
                .filter(candidate -> candidate.startsWith(field))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(STATUS + " must have a line " + field + ", had none"));
        return Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE;
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
