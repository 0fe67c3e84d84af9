package dev.freshet.ops.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a benchmark ran on.
 *
 * @param cpu the processor's model; the architecture where the system does not tell it
 * @param memoryBytes of the machine
 * @param heapBytes that Java may use
 * @param allocator what the environment tells the C library and oneDNN of memory: it decides much of a training step's time
 */
public record Machine(
        int cores,
        String cpu,
        long memoryBytes,
        long heapBytes,
        String os,
        String java,
        Map<String, String> allocator) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Set<String> ALLOCATOR = Set.of("GLIBC_TUNABLES", "ONEDNN_PRIMITIVE_CACHE_CAPACITY");

    public static Machine here() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                processor(),
                system.getTotalMemorySize(),
                Runtime.getRuntime().maxMemory(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.version() + " (" + System.getProperty("java.vm.name") + ")",
                allocatorSettings());
    }

    /** Whether the processor has one of these features; true where the system does not tell. */
    static boolean hasAnyFeature(Set<String> features) {
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> Stream.of(line.split("\\s+", -1)).anyMatch(features::contains))
                    .orElse(true);
        } catch (IOException absent) {
            return true;
        }
    }

    private static Map<String, String> allocatorSettings() {
        Map<String, String> settings = new TreeMap<>(System.getenv());
        settings.keySet().removeIf(name -> !name.startsWith("MALLOC_") && !ALLOCATOR.contains(name));
        return settings;
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseGet(() -> System.getProperty("os.arch"));
        } catch (IOException absent) {
            return System.getProperty("os.arch");
        }
    }
}
