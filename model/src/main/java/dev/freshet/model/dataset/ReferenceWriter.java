package dev.freshet.model.dataset;

import dev.freshet.model.rollout.LogProbs;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the reference log-probs of a whole dataset, example by example in the order of their ids, into a directory that is there whole or
 * not at all: written aside, forced to the disk, its manifest last, and renamed. Closed before {@link #commit}, it leaves nothing.
 *
 * <pre>
 *   scores    of each example: what its tokens digest to, and one float a completion token; nothing of an unusable one
 *   offsets   where each begins in it, and where the last ends: longs
 * </pre>
 */
public final class ReferenceWriter implements AutoCloseable {
    static final String SCORES = "scores.bin";
    static final String OFFSETS = "offsets.bin";

    private static final String ASIDE = ".writing";

    private final Path place;
    private final Path aside;
    private final DataOutputStream scores;
    private final DataOutputStream offsets;
    private long examples;
    private long unusable;
    private long written;

    private ReferenceWriter(Path place, Path aside) throws IOException {
        this.place = place;
        this.aside = aside;
        this.scores = open(aside.resolve(SCORES));
        this.offsets = open(aside.resolve(OFFSETS));
    }

    /**
     * @param directory that must not exist; what an earlier process left aside of it is deleted
     * @throws IOException if the disk does not take it
     */
    public static ReferenceWriter open(String directory) throws IOException {
        Path place = Path.of(directory).toAbsolutePath().normalize();
        Path aside = place.resolveSibling(place.getFileName() + ASIDE);
        delete(aside);
        Files.createDirectories(aside);
        return new ReferenceWriter(place, aside);
    }

    /** The next example. */
    public void add(ScoredExample example) throws IOException {
        offsets.writeLong(written);
        scores.writeInt(TokenChecksum.of(example.example()));
        written += Integer.BYTES;
        for (LogProbs sequence : example.reference()) {
            for (int token = 0; token < sequence.size(); token++) {
                scores.writeFloat(sequence.get(token));
            }
            written += (long) sequence.size() * Float.BYTES;
        }
        examples++;
    }

    /** The next example, whose line cannot be used. */
    public void addUnusable() throws IOException {
        offsets.writeLong(written);
        examples++;
        unusable++;
    }

    /** All examples are in it. */
    public void commit(ReferenceOrigin origin) throws IOException {
        offsets.writeLong(written);
        scores.close();
        offsets.close();
        Map<String, ReferenceManifest.Content> files = new LinkedHashMap<>();
        for (String name : List.of(SCORES, OFFSETS)) {
            force(aside.resolve(name));
            files.put(name, ReferenceManifest.Content.of(aside.resolve(name)));
        }
        ReferenceManifest manifest =
                new ReferenceManifest(ReferenceManifest.FORMAT_VERSION, origin, examples, unusable, files);
        Path last = aside.resolve(ReferenceManifest.NAME);
        Files.write(last, manifest.toJson());
        force(last);
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        scores.close();
        offsets.close();
        delete(aside);
    }

    private static DataOutputStream open(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void delete(Path directory) throws IOException {
        for (String name : List.of(SCORES, OFFSETS, ReferenceManifest.NAME)) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.deleteIfExists(directory);
    }

    /** The longs of {@link #OFFSETS}. */
    static long[] offsets(Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(directory.resolve(OFFSETS)));
        long[] offsets = new long[bytes.remaining() / Long.BYTES];
        bytes.asLongBuffer().get(offsets);
        return offsets;
    }
}
