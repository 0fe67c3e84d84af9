package dev.freshet.ops.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Replaces small text files as a whole, so that a reader sees the old text or the new one, never a part. */
public final class AtomicFile {
    private AtomicFile() {}

    /** Does not wait for the disk: after a power failure the old text may be back. */
    public static void replace(Path file, String text) throws IOException {
        Path aside = aside(file);
        Files.writeString(aside, text, StandardCharsets.UTF_8);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Where the new text is until it is whole; worthless when it is found there. */
    static Path aside(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }
}
