package dev.freshet.ops.training;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
        MessageDigest digest = sha256();
        for (String key : KEYS) {
            String name = config.getString(SECTION + key);
            digest.update((key + "\n").getBytes(StandardCharsets.UTF_8));
            // What is named otherwise is built in.
            if (Files.isRegularFile(Path.of(name))) {
                add(Path.of(name), digest, SECTION + key);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(Path file, MessageDigest digest, String key) {
        try (InputStream bytes = Files.newInputStream(file);
                OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            bytes.transferTo(sink);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(file + " cannot be read: " + unreadable + " (" + key + ")", unreadable);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
