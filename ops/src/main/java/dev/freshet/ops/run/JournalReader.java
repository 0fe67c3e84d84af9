package dev.freshet.ops.run;

import dev.freshet.ops.run.Journal.OpenPart;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal's events in their order, from file to file, while the journal grows. It holds one file open and one block of it in
 * memory, however far behind it is. For one thread at a time.
 */
public final class JournalReader implements Closeable {
    private static final int BLOCK = 64 * 1024;

    private final Journal journal;
    private long next;
    private @Nullable OpenPart part;

    /** Where in the part the next line begins. */
    private long position;

    /** Bytes of the part from {@link #position} on; of them, those in front of {@link #blockStart} have been read. */
    private byte[] block = new byte[BLOCK];

    private int blockStart;
    private int blockEnd;

    JournalReader(Journal journal, long first) {
        this.journal = journal;
        this.next = first;
    }

    /** The sequence number of the next event, or one below it where the disk refused some. */
    public long next() {
        return next;
    }

    /**
     * The next event, or empty while there is none.
     *
     * @throws JournalRangeException if it was deleted before it was read
     */
    public Optional<JournalLine> read() throws IOException {
        while (true) {
            long rotations = journal.rotations();
            Optional<JournalLine> line = readPart();
            if (line.isPresent()) {
                next = line.get().sequence() + 1;
                return line;
            }
            if (part != null && part.rotations() == rotations) {
                return Optional.empty();
            }
            open(); // The part had been set aside before it was read to its end.
        }
    }

    /** Goes on in the part that the next event is in. */
    void open() throws IOException {
        close();
        part = journal.open(next);
        position = 0;
        blockStart = 0;
        blockEnd = 0;
    }

    @Override
    public void close() throws IOException {
        if (part != null) {
            part.file().close();
            part = null;
        }
    }

    /** Passes over what comes before the event wanted. */
    private Optional<JournalLine> readPart() throws IOException {
        while (true) {
            Optional<String> text = readLine();
            if (text.isEmpty()) {
                return Optional.empty();
            }
            JournalLine line = JournalLine.parse(text.get());
            if (line.sequence() >= next) {
                return Optional.of(line);
            }
        }
    }

    private Optional<String> readLine() throws IOException {
        int end = lineEnd();
        if (end < 0) {
            fill();
            end = lineEnd();
        }
        if (end < 0) {
            return Optional.empty();
        }
        String line = new String(block, blockStart, end - blockStart, StandardCharsets.UTF_8);
        position += end + 1 - blockStart;
        blockStart = end + 1;
        return Optional.of(line);
    }

    /** The place of the next line feed in the block, or -1. */
    private int lineEnd() {
        for (int i = blockStart; i < blockEnd; i++) {
            if (block[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Reads anew from the line's beginning: what there was of an unfinished line may have been cut off since. */
    private void fill() throws IOException {
        if (part == null) {
            return;
        }
        blockStart = 0;
        blockEnd = 0;
        part.file().seek(position);
        int read;
        while ((read = part.file().read(block, blockEnd, block.length - blockEnd)) > 0) {
            blockEnd += read;
            if (lineEnd() >= 0) {
                return;
            }
            if (blockEnd == block.length) {
                block = Arrays.copyOf(block, 2 * block.length);
            }
        }
    }
}
