package dev.freshet.ops.run;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Whether the disk of a run's folder takes what a run writes: told at the start, rather than by the first checkpoint. */
record DiskProbe(RunFiles files) {
    private static final int MEBIBYTE = 1 << 20;

    /**
     * @throws RefusedException if less is free
     * @throws IOException if the disk does not take a mebibyte
     */
    void require(long bytes) throws IOException {
        long free = Files.getFileStore(files.root()).getUsableSpace();
        if (free < bytes) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    String.format(
                            Locale.ROOT,
                            "the disk of %s must have %,d MiB free, has %,d MiB: make room, name a folder on another with"
                                    + " --run-dir, or lower freshet.run.min-free-space",
                            files.root(),
                            (bytes + MEBIBYTE - 1) / MEBIBYTE,
                            free / MEBIBYTE));
        }
        try (FileChannel probe = FileChannel.open(
                files.probe(),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer written = ByteBuffer.allocate(MEBIBYTE);
            while (written.hasRemaining()) {
                probe.write(written);
            }
            probe.force(true);
        } finally {
            Files.deleteIfExists(files.probe());
        }
    }
}
