package dev.freshet.ops.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a growing file leaves beside it when it is set aside: of {@code events.jsonl}, {@code events.1.jsonl} is the newest,
 * {@code events.2.jsonl} the one before. A process that died in the middle of the renames leaves a gap in the numbers, and no
 * file is lost.
 */
record FilesAside(Path growing) {
    /** The file set aside {@code age} times ago, from 1. */
    Path part(int age) {
        String name = growing.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return growing.resolveSibling(name.substring(0, dot) + "." + age + name.substring(dot));
    }

    /** Those that are there, newest first. */
    List<Path> newestFirst() {
        String name = growing.getFileName().toString();
        int dot = name.lastIndexOf('.');
        Pattern aside = Pattern.compile(
                Pattern.quote(name.substring(0, dot)) + "\\.([1-9]\\d{0,5})" + Pattern.quote(name.substring(dot)));
        SortedMap<Integer, Path> parts = new TreeMap<>();
        String[] entries = growing.toAbsolutePath().resolveSibling("").toFile().list();
        for (String entry : entries == null ? new String[0] : entries) {
            Matcher part = aside.matcher(entry);
            if (part.matches() && Files.isRegularFile(growing.resolveSibling(entry))) {
                parts.put(Integer.parseInt(part.group(1)), growing.resolveSibling(entry));
            }
        }
        return List.copyOf(parts.values());
    }

    /** Those and the growing file, as far as they are there, oldest first. */
    List<Path> all() {
        List<Path> all = new ArrayList<>();
        if (Files.exists(growing)) {
            all.add(growing);
        }
        all.addAll(newestFirst());
        Collections.reverse(all);
        return List.copyOf(all);
    }

    /** Sets the growing file aside as the newest; the others up to the first gap become older by one. */
    void add() throws IOException {
        if (!Files.exists(growing)) {
            return; // An earlier attempt set it aside and could not begin the next one.
        }
        int free = 1;
        while (Files.isRegularFile(part(free))) {
            free++;
        }
        for (int age = free - 1; age >= 1; age--) {
            Files.move(part(age), part(age + 1), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(growing, part(1), StandardCopyOption.REPLACE_EXISTING);
    }
}
