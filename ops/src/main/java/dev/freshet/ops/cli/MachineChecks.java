package dev.freshet.ops.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.freshet.ops.listen.ListenAddress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a run needs of the machine, one method a subject. */
final class MachineChecks {
    private static final int OLDEST_JAVA = 17;
    private static final long MEBIBYTE = 1L << 20;
    private static final long LEAST_MEMORY = 2048 * MEBIBYTE;
    private static final long LEAST_HEAP = 256 * MEBIBYTE;
    private static final long LEAST_DISK = 1024 * MEBIBYTE;

    private MachineChecks() {}

    static Finding java() {
        String detail = Runtime.version() + " (" + System.getProperty("java.vm.name") + ")";
        return Runtime.version().feature() >= OLDEST_JAVA
                ? Finding.fine("java", detail)
                : Finding.wrong("java", detail, "install a JDK of version " + OLDEST_JAVA + " or newer");
    }

    static Finding system() {
        return Finding.fine(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores");
    }

    static Finding memory() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long memory = system.getTotalMemorySize();
        long heap = Runtime.getRuntime().maxMemory();
        String detail = mebibytes(memory) + " in all, " + mebibytes(heap) + " for the Java heap";
        if (memory < LEAST_MEMORY) {
            return Finding.wrong("memory", detail, "at least " + mebibytes(LEAST_MEMORY) + " are needed");
        }
        return heap < LEAST_HEAP
                ? Finding.wrong(
                        "memory", detail, "the heap needs at least " + mebibytes(LEAST_HEAP) + "; raise FRESHET_HEAP")
                : Finding.fine("memory", detail);
    }

    static Finding engine(EngineProbe probe) {
        try {
            EngineProbe.Engine engine = probe.probe();
            return Finding.fine(
                    "engine",
                    engine.name() + " " + engine.version() + " through DJL " + engine.bindingVersion() + " on "
                            + String.join(", ", engine.devices()));
        } catch (Exception | LinkageError failure) {
            return Finding.wrong(
                    "engine",
                    "does not load: " + failure,
                    "see that the native library for this system is among the build's dependencies, and that the cache"
                            + " ~/.djl.ai can be written and is whole (deleting it is safe)");
        }
    }

    static Finding port(ListenAddress address) {
        String subject = address.key().substring(address.key().lastIndexOf('.') + 1) + " port";
        try {
            address.requireFree();
            return Finding.fine(subject, address + (address.port() == 0 ? " (any free port)" : " is free"));
        } catch (BindException taken) {
            return Finding.wrong(
                    subject,
                    address + " is taken",
                    "stop what listens there, or choose another port, 0 for any free one (" + address.key() + ".port)");
        }
    }

    /** @param directory where a run would keep its files; it need not exist */
    static Finding runDirectory(Path directory) {
        Path existing = directory.toAbsolutePath().normalize();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            Files.delete(Files.createTempFile(existing, ".freshet-doctor", ".tmp"));
            long free = Files.getFileStore(existing).getUsableSpace();
            String detail = existing + " can be written, " + mebibytes(free) + " free";
            return free < LEAST_DISK
                    ? Finding.wrong("run files", detail, "make room for at least " + mebibytes(LEAST_DISK))
                    : Finding.fine("run files", detail);
        } catch (IOException refused) {
            return Finding.wrong(
                    "run files",
                    existing + " cannot be written: " + refused,
                    "name a directory that can be (--run-dir)");
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", bytes / MEBIBYTE);
    }
}
