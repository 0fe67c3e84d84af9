package dev.freshet.model.rehearsal;

import dev.freshet.model.digest.Sha256;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.safetensors.SafetensorsException;
import java.io.IOException;
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
 * A rehearsal set's directory: prompts, sequences, and a manifest with their checksums. It is there whole or not at all: written aside,
 * forced to the disk, its manifest last, and renamed.
 */
public final class RehearsalFiles {
    private static final String ASIDE = ".writing";

    private RehearsalFiles() {}

    /** @throws IllegalArgumentException if there is something */
    public static void requireNew(Path directory) {
        if (Files.exists(directory)) {
            throw new IllegalArgumentException(
                    "the directory of a rehearsal set must not exist, " + directory + " does; name another (--out)");
        }
        if (Files.exists(aside(directory))) {
            throw new IllegalArgumentException("a rehearsal set is written aside first, where nothing may be, and "
                    + aside(directory) + " exists, which a process that died left: delete it, or name another (--out)");
        }
    }

    /** Writes a new directory. */
    public static void write(Path directory, RehearsalSet set) throws IOException {
        requireNew(directory);
        Path place = directory.toAbsolutePath().normalize();
        Files.createDirectories(place.resolveSibling(".").normalize());
        Path aside = aside(directory);
        Files.createDirectory(aside);
        writeForced(aside.resolve(PromptLines.NAME), PromptLines.write(set.prompts()));
        SequenceTensors.write(aside, set.sequences());
        Map<String, RehearsalManifest.Content> files = new LinkedHashMap<>();
        for (String name : List.of(PromptLines.NAME, SequenceTensors.NAME)) {
            Path file = aside.resolve(name);
            files.put(name, new RehearsalManifest.Content(Files.size(file), Sha256.of(file)));
        }
        RehearsalManifest manifest = new RehearsalManifest(
                RehearsalManifest.FORMAT_VERSION,
                set.origin(),
                set.prompts().size(),
                set.exploration().size(),
                set.sequences().size(),
                files);
        writeForced(aside.resolve(RehearsalManifest.NAME), manifest.toJson());
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Verifies every byte and reads.
     *
     * @throws IllegalArgumentException naming the value, the rule and the remedy, when it is missing or damaged, or no rehearsal set
     */
    public static RehearsalSet read(Path directory) {
        try {
            RehearsalManifest manifest = RehearsalManifest.read(directory);
            manifest.verify(directory, PromptLines.NAME);
            manifest.verify(directory, SequenceTensors.NAME);
            List<SampledPrompt> prompts = PromptLines.read(directory);
            List<RehearsalSequence> sequences =
                    SequenceTensors.read(directory, manifest.origin().temperature());
            requireCount("prompts", manifest.prompts(), prompts.size());
            requireCount("sequences", manifest.sequences(), sequences.size());
            return new RehearsalSet(manifest.origin(), prompts, sequences);
        } catch (IllegalArgumentException | SafetensorsException e) {
            throw new IllegalArgumentException(
                    "rehearsal set " + directory + " refused: " + e.getMessage()
                            + " (freshet.rehearsal.from); prepare another with freshet rehearsal",
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "rehearsal set " + directory + " could not be read: " + e + " (freshet.rehearsal.from)", e);
        }
    }

    /**
     * A name for the set, which reads its manifest alone: SHA-256 of that, which has those of the files.
     *
     * @throws IllegalArgumentException as {@link #read}
     */
    public static String digest(Path directory) {
        try {
            return Sha256.of(directory.resolve(RehearsalManifest.NAME));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "rehearsal set " + directory + " could not be read: " + e + " (freshet.rehearsal.from)", e);
        }
    }

    private static Path aside(Path directory) {
        Path place = directory.toAbsolutePath().normalize();
        return place.resolveSibling(place.getFileName() + ASIDE);
    }

    private static void requireCount(String what, int said, int found) {
        if (said != found) {
            throw new IllegalArgumentException(
                    RehearsalManifest.NAME + " says " + said + " " + what + ", and there are " + found);
        }
    }

    private static void writeForced(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
    }
}
