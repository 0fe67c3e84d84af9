package dev.freshet.ops.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** One file of sampled rollouts, plain while it grows and compressed afterwards; numbered from 1 in the order of their writing. */
public record RolloutPart(int number, Path path) {
    private static final Pattern NAME = Pattern.compile("rollouts-(\\d{5,9})\\.jsonl(\\.gz)?");

    /** All parts in a folder, oldest first. Where a part is there in both forms, the compressed one is whole and counts. */
    public static List<RolloutPart> in(Path folder) throws IOException {
        TreeMap<Integer, RolloutPart> parts = new TreeMap<>();
        List<Path> paths;
        try (Stream<Path> entries = Files.list(folder)) {
            paths = entries.sorted(Comparator.naturalOrder()).toList();
        }
        for (Path path : paths) {
            Matcher name = NAME.matcher(path.getFileName().toString());
            if (name.matches()) {
                int number = Integer.parseInt(name.group(1));
                parts.put(number, new RolloutPart(number, path));
            }
        }
        return List.copyOf(parts.values());
    }

    /** Its lines, decompressed. */
    public BufferedReader open() throws IOException {
        InputStream bytes = Files.newInputStream(path);
        InputStream plain = isCompressed() ? new GZIPInputStream(bytes) : bytes;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    }

    boolean isCompressed() {
        return path.getFileName().toString().endsWith(".gz");
    }

    static Path path(Path folder, int number) {
        return folder.resolve(String.format(Locale.ROOT, "rollouts-%05d.jsonl", number));
    }

    static Path compressed(Path plain) {
        return plain.resolveSibling(plain.getFileName() + ".gz");
    }
}
