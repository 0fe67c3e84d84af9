package dev.freshet.model.dataset;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file of lines that is open, with the index of its lines. Methods may be called from any thread. */
final class DatasetFile implements AutoCloseable {
    private final String name;
    private final LineIndex index;
    private final FileChannel channel;

    private DatasetFile(String name, LineIndex index, FileChannel channel) {
        this.name = name;
        this.index = index;
        this.channel = channel;
    }

    /**
     * Reads the file once.
     *
     * @param path of the file; empty for the shipped example of the kind
     * @throws IllegalArgumentException if there is no such file, it cannot be read, or has no line
     */
    static DatasetFile open(String path, ExampleKind kind) {
        String name = path.isEmpty() ? example(kind) : path;
        try {
            DatasetFile file = path.isEmpty() ? shipped(name) : named(Path.of(path));
            if (file.index().size() > 0) {
                return file;
            }
            file.close();
            throw new IllegalArgumentException(
                    name + " must have at least one line, had none (" + DatasetSettings.PATH_KEY + ")");
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    name + " cannot be read: " + e + " (" + DatasetSettings.PATH_KEY + ")", e);
        }
    }

    private static DatasetFile named(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("no such file: " + file + " (" + DatasetSettings.PATH_KEY + ")");
        }
        return new DatasetFile(file.toString(), LineIndex.of(file), FileChannel.open(file, StandardOpenOption.READ));
    }

    /** What is on the class path is copied out of it, to be read anywhere; the copy goes when it is closed. */
    private static DatasetFile shipped(String name) throws IOException {
        Path copy = Files.createTempFile("freshet-", ".jsonl");
        try (InputStream example = DatasetFile.class.getResourceAsStream(name)) {
            if (example == null) {
                throw new IllegalStateException(name + " is missing from the class path: rebuild");
            }
            var unused = Files.copy(example, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        LineIndex index = LineIndex.of(copy);
        return new DatasetFile(
                name, index, FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE));
    }

    private static String example(ExampleKind kind) {
        return kind == ExampleKind.PREFERENCE ? "addition-preferences.jsonl" : "addition-demonstrations.jsonl";
    }

    String name() {
        return name;
    }

    LineIndex index() {
        return index;
    }

    /** @throws IOException if the disk does not give them, or the file has become shorter */
    byte[] bytes(long start, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                throw new EOFException(name + " has become shorter since it was opened");
            }
        }
        return buffer.array();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("could not close " + name, e);
        }
    }
}
