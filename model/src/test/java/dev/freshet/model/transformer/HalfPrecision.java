package dev.freshet.model.transformer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the operating system says of this machine's CPU, to hold against what the engine does. */
public final class HalfPrecision {
    private static final Path CPU = Path.of("/proc/cpuinfo");

    private HalfPrecision() {}

    /** Whether oneDNN can pack matrices in bf16 here. */
    public static boolean canBePacked() throws IOException {
        try (Stream<String> lines = Files.lines(CPU)) {
            List<String> flags = lines.filter(line -> line.startsWith("flags"))
                    .flatMap(line -> Stream.of(line.split("\\s+")))
                    .distinct()
                    .toList();
            return flags.contains("avx_ne_convert") || flags.containsAll(List.of("avx512bw", "avx512vl", "avx512dq"));
        }
    }
}
