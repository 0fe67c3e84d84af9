package dev.freshet.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The resident memory of another process, looked at again and again, in MB. Safe for threads. */
final class ResidentMemory {
    private static final double MEGABYTES_PER_KIBIBYTE = 1024 / 1e6;

    private final Path status;
    private final List<Double> samples = new ArrayList<>();

    ResidentMemory(long pid) {
        this.status = Path.of("/proc/" + pid + "/status");
    }

    /** Takes a sample; none of a process that is gone. */
    synchronized void look() {
        try {
            Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * MEGABYTES_PER_KIBIBYTE)
                    .forEach(samples::add);
        } catch (IOException gone) {
            return;
        }
    }

    synchronized List<Double> samples() {
        return List.copyOf(samples);
    }
}
