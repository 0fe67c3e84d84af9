package dev.freshet.model.dataset;

import dev.freshet.model.rollout.LogProbs;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reference log-probs of a whole dataset, computed once and read back from the disk, eight bytes an example in memory. Methods may be called
 * from any thread.
 */
public final class StoredReference implements AutoCloseable {
    private final Path directory;
    private final long[] offsets;
    private final FileChannel scores;

    private StoredReference(Path directory, long[] offsets, FileChannel scores) {
        this.directory = directory;
        this.offsets = offsets;
        this.scores = scores;
    }

    /** Whether there is something to open. */
    public static boolean exists(String directory) {
        return Files.exists(Path.of(directory));
    }

    /**
     * Verifies every byte.
     *
     * @param wanted of what they have to be
     * @throws IllegalArgumentException naming value, rule and remedy, when they are missing or damaged, or of something else
     */
    public static StoredReference open(String directory, ReferenceOrigin wanted) {
        Path place = Path.of(directory);
        try {
            ReferenceManifest manifest = ReferenceManifest.read(place);
            manifest.origin().requireSame(wanted);
            manifest.verify(place, ReferenceWriter.SCORES);
            manifest.verify(place, ReferenceWriter.OFFSETS);
            long[] offsets = ReferenceWriter.offsets(place);
            if (offsets.length != manifest.examples() + 1) {
                throw new IllegalArgumentException(
                        ReferenceWriter.OFFSETS + " must have one number more than examples, " + manifest.examples()
                                + ", had " + offsets.length);
            }
            FileChannel scores = FileChannel.open(place.resolve(ReferenceWriter.SCORES), StandardOpenOption.READ);
            return new StoredReference(place, offsets, scores);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "reference log-probs in " + place + " refused: " + e.getMessage()
                            + " (freshet.dataset.reference-scores); delete the directory, and they are computed anew",
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "reference log-probs in " + place + " could not be read: " + e
                            + " (freshet.dataset.reference-scores)",
                    e);
        }
    }

    /**
     * Blocks for the disk.
     *
     * @throws IllegalStateException if they are of other tokens than the example has
     */
    public ScoredExample of(TokenisedExample example) throws IOException {
        int id = Math.toIntExact(example.admitted().id());
        int bytes = Math.toIntExact(offsets[id + 1] - offsets[id]);
        if (bytes != Integer.BYTES + example.completionTokens() * Float.BYTES) {
            throw otherTokens(example);
        }
        ByteBuffer buffer = read(offsets[id], bytes);
        if (buffer.getInt() != TokenChecksum.of(example)) {
            throw otherTokens(example);
        }
        List<LogProbs> reference = new ArrayList<>();
        for (ExampleSequence sequence : example.sequences()) {
            float[] values = new float[sequence.completion().size()];
            for (int token = 0; token < values.length; token++) {
                values[token] = buffer.getFloat();
            }
            reference.add(LogProbs.of(values));
        }
        return new ScoredExample(example, reference);
    }

    private ByteBuffer read(long offset, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (scores.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException(ReferenceWriter.SCORES + " in " + directory + " has become shorter");
            }
        }
        return buffer.flip();
    }

    private IllegalStateException otherTokens(TokenisedExample example) {
        return new IllegalStateException("reference log-probs in " + directory + " are of other tokens than example "
                + example.admitted().id() + " has, so tokenizer, conversation or lengths are not what they were"
                + " (freshet.dataset.reference-scores): delete the directory, and they are computed anew");
    }

    @Override
    public void close() {
        try {
            scores.close();
        } catch (IOException e) {
            throw new IllegalStateException("could not close reference log-probs in " + directory, e);
        }
    }
}
