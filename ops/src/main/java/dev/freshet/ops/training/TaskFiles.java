package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.digest.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/**
 * The files that a task is read from: problems, problems held out, and a tokenizer. Another line among the problems is another
 * order of all of them, and another tokenizer gives tokens another meaning.
 */
final class TaskFiles {
    /** Of a task that is not read from files. */
    static final String NONE = "none";

    private static final String SECTION = "freshet.task.jsonl.";
    private static final List<String> KEYS = List.of("file", "held-out-file", "tokenizer");

    private TaskFiles() {}

    /** @throws IllegalArgumentException if one cannot be read */
    static String identity(Config config) {
        if (!config.getString("freshet.task.name").equals("jsonl")) {
            return NONE;
        }
        MessageDigest digest = Sha256.begin();
        for (String key : KEYS) {
            String name = config.getString(SECTION + key);
            digest.update((key + "\n").getBytes(StandardCharsets.UTF_8));
            // What is named otherwise is built in.
            if (Files.isRegularFile(Path.of(name))) {
                add(Path.of(name), digest, SECTION + key);
            }
        }
        return Sha256.end(digest);
    }

    private static void add(Path file, MessageDigest digest, String key) {
        try {
            Sha256.update(digest, file);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(file + " cannot be read: " + unreadable + " (" + key + ")", unreadable);
        }
    }
}
