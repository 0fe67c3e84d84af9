package dev.freshet.ops.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.freshet.ops.listen.ListenAddress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

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

    /**
     * The engine, and if it loads the devices that are asked of it.
     *
     * @param wanted names of devices, by the settings that want them
     */
    static List<Finding> engine(EngineProbe probe, Map<String, String> wanted) {
        try {
            EngineProbe.Engine engine = probe.probe();
            return List.of(
                    Finding.fine(
                            "engine",
                            engine.name() + " " + engine.version() + " through DJL " + engine.bindingVersion() + " on "
                                    + String.join(", ", engine.devices())),
                    devices(engine, wanted));
        } catch (Exception | LinkageError failure) {
            return List.of(Finding.wrong(
                    "engine",
                    "does not load: " + failure,
                    "see that the native library for this system is among the build's dependencies, and that the cache"
                            + " ~/.djl.ai can be written and is whole (deleting it is safe)"));
        }
    }

    private static Finding devices(EngineProbe.Engine engine, Map<String, String> wanted) {
        List<String> missing = wanted.entrySet().stream()
                .filter(each -> !engine.devices().contains(each.getValue()))
                .map(each -> each.getValue() + " (" + each.getKey() + ")")
                .sorted()
                .toList();
        return missing.isEmpty()
                ? Finding.fine("devices", String.join(", ", new TreeSet<>(wanted.values())))
                : Finding.wrong(
                        "devices",
                        String.join(", ", missing) + ": the engine sees " + String.join(", ", engine.devices()),
                        "use one of those, or point PYTORCH_LIBRARY_PATH at a CUDA build of libtorch "
                                + engine.version());
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
