package dev.freshet.model.checkpoint;

import dev.freshet.model.digest.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a whole checkpoint holds, by file name. Written last, so that a directory that has it was written to its end. */
record Manifest(Map<String, Content> files) {
    static final String MANIFEST = "manifest.json";
    static final String MODEL = "model.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "state.json";

    private static final List<String> CONTENTS = List.of(STATE, MODEL, OPTIMIZER);

    Manifest {
        files = Map.copyOf(files);
        if (files.size() != CONTENTS.size() || !files.keySet().containsAll(CONTENTS)) {
            throw new IllegalArgumentException("files must be " + CONTENTS + ", were " + files.keySet());
        }
    }

    /**
     * A file's size and checksum.
     *
     * @param sha256 in lower-case hexadecimal digits
     */
    record Content(long bytes, String sha256) {}

    /** Reads every byte of every file. */
    void verify(Path directory) throws IOException {
        // Sizes first: they cost nothing, and most damage is a file cut short.
        for (String name : CONTENTS) {
            verifySize(directory.resolve(name), content(name));
        }
        for (String name : CONTENTS) {
            String actual = Sha256.of(directory.resolve(name));
            if (!actual.equals(content(name).sha256())) {
                throw new CheckpointException(
                        name + " must have SHA-256 " + content(name).sha256() + ", had " + actual);
            }
        }
    }

    private Content content(String name) {
        Content content = files.get(name);
        if (content == null) {
            throw new IllegalStateException("a manifest has all of " + CONTENTS);
        }
        return content;
    }

    private static void verifySize(Path file, Content content) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file.getFileName() + " is missing");
        }
        if (Files.size(file) != content.bytes()) {
            throw new CheckpointException(
                    file.getFileName() + " must have " + content.bytes() + " bytes, had " + Files.size(file));
        }
    }
}
