package dev.freshet.ops.run;

import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A text file that grows by whole lines, each handed to the operating system before {@link #append} returns: what was accepted
 * survives the death of the process. A line that a death or a full disk left unfinished is cut off. Not safe for threads.
 */
final class LineFile implements Closeable {
    private static final Pattern TIME =
            Pattern.compile("2\\d{3}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?Z");
    private static final int NEAR_THE_BEGINNING = 8192;

    /*
     * Not a FileChannel: that closes itself for good when its thread is interrupted, and the threads that bring events belong
     * to others.
     */
    private final RandomAccessFile file;
    private final Optional<TornTail> tornTail;
    private long length;
    private boolean unfinished;

    private LineFile(RandomAccessFile file, long length, Optional<TornTail> tornTail) {
        this.file = file;
        this.length = length;
        this.tornTail = tornTail;
    }

    /** Opens or creates the file and cuts off an unfinished last line. */
    static LineFile open(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        try {
            long end = endOfLine(file, file.length());
            Optional<TornTail> tornTail = cutTail(path, file, end);
            file.seek(end);
            return new LineFile(file, end, tornTail);
        } catch (IOException failure) {
            file.close();
            throw failure;
        }
    }

    /** What was cut off when the file was opened. */
    Optional<TornTail> tornTail() {
        return tornTail;
    }

    /** Bytes of all whole lines. */
    long length() {
        return length;
    }

    /** Adds one line. If that fails, the next call first removes what this one left. */
    void append(String line) throws IOException {
        append((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Adds bytes that end in a line feed. */
    void append(byte[] line) throws IOException {
        if (unfinished) {
            file.setLength(length);
            file.seek(length);
        }
        unfinished = true;
        file.write(line);
        unfinished = false;
        length += line.length;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The last whole line, without its line feed; empty when there is no file, or no line in it. */
    static Optional<String> lastLine(Path path) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            long end = endOfLine(file, file.length());
            if (end == 0) {
                return Optional.empty();
            }
            long start = endOfLine(file, end - 1);
            byte[] line = new byte[Math.toIntExact(end - 1 - start)];
            file.seek(start);
            file.readFully(line);
            return Optional.of(new String(line, StandardCharsets.UTF_8));
        }
    }

    /** The first line, without its line feed; empty when the file is. */
    static String firstLine(Path path) throws IOException {
        try (Stream<String> lines = Files.lines(path)) {
            return lines.findFirst().orElse("");
        }
    }

    /** The first point in time near the beginning: every kind of line here holds one, in UTC and as ISO 8601 writes it. */
    static Optional<Instant> firstTime(Path path) throws IOException {
        byte[] beginning;
        try (InputStream file = Files.newInputStream(path)) {
            beginning = file.readNBytes(NEAR_THE_BEGINNING);
        }
        Matcher time = TIME.matcher(new String(beginning, StandardCharsets.ISO_8859_1));
        return time.find() ? Optional.of(Instant.parse(time.group())) : Optional.empty();
    }

    /** The position after the last line feed before {@code limit}, or 0. */
    private static long endOfLine(RandomAccessFile file, long limit) throws IOException {
        byte[] block = new byte[8192];
        long end = limit;
        while (end > 0) {
            long start = Math.max(0, end - block.length);
            int size = (int) (end - start);
            file.seek(start);
            file.readFully(block, 0, size);
            for (int i = size - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    private static Optional<TornTail> cutTail(Path path, RandomAccessFile file, long end) throws IOException {
        long torn = file.length() - end;
        if (torn == 0) {
            return Optional.empty();
        }
        byte[] beginning = new byte[(int) Math.min(torn, TornTail.LONGEST_TEXT)];
        file.seek(end);
        file.readFully(beginning);
        file.setLength(end);
        return Optional.of(new TornTail(path, torn, new String(beginning, StandardCharsets.UTF_8)));
    }

    /**
     * The unfinished last line of a file, cut off.
     *
     * @param beginning its first 200 bytes at most
     */
    record TornTail(Path file, long bytes, String beginning) {
        private static final int LONGEST_TEXT = 200;

        /** @param name of the file, within the run's folder */
        TailCut event(String name) {
            return new TailCut(name, bytes, beginning);
        }

        @Override
        public String toString() {
            return file + " ended in the middle of a line: cut off " + bytes + " bytes, \"" + beginning + "\"";
        }
    }
}
