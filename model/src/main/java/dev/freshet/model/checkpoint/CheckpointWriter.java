package dev.freshet.model.checkpoint;

import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.safetensors.SafetensorsWriter;
import dev.freshet.model.safetensors.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writes the files of one checkpoint into a new directory. */
final class CheckpointWriter {
    /** What other readers of safetensors files look for. */
    private static final Map<String, String> METADATA = Map.of("format", "pt");

    private final Path directory;
    private final UnaryOperator<WritableByteChannel> disk;
    private final Map<String, Manifest.Content> written = new HashMap<>();

    CheckpointWriter(Path directory, UnaryOperator<WritableByteChannel> disk) {
        this.directory = directory;
        this.disk = disk;
    }

    /** Returns when all files and their names are on the disk: the sum of their bytes. */
    long write(LearnerSnapshot snapshot, TrainingState state) throws IOException {
        Files.createDirectory(directory);
        writeTensors(Manifest.MODEL, snapshot.weights());
        writeTensors(Manifest.OPTIMIZER, snapshot.optimizer());
        writeJson(Manifest.STATE, CheckpointJson.write(state));
        writeJson(Manifest.MANIFEST, CheckpointJson.write(new Manifest(written)));
        Directories.force(directory);
        return written.values().stream().mapToLong(Manifest.Content::bytes).sum();
    }

    private void writeTensors(String name, List<TensorData> tensors) throws IOException {
        writeFile(name, file -> SafetensorsWriter.write(file, tensors, METADATA));
    }

    private void writeJson(String name, byte[] json) throws IOException {
        writeFile(name, file -> {
            ByteBuffer bytes = ByteBuffer.wrap(json);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        });
    }

    private void writeFile(String name, Content content) throws IOException {
        try (DigestingFile file = DigestingFile.create(directory.resolve(name), disk)) {
            content.writeTo(file);
            written.put(name, file.force());
        }
    }

    private interface Content {
        void writeTo(WritableByteChannel file) throws IOException;
    }
}
