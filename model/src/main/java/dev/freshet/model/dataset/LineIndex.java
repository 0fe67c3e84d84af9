package dev.freshet.model.dataset;

import dev.freshet.model.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Where the lines of a file begin that are not blank, in eight bytes a line: all that is held of a dataset in memory. A line's bytes end
 * where the next begins, with its line feed and blank lines behind it, which JSON passes over.
 */
final class LineIndex {
    private static final int READ_BYTES = 1 << 20;

    /** One more than there are lines: the last is where the file ends. */
    private final long[] starts;

    /** Numbers of blank lines, from 0. */
    private final int[] blanks;

    private final String sha256;

    private LineIndex(long[] starts, int[] blanks, String sha256) {
        this.starts = starts;
        this.blanks = blanks;
        this.sha256 = sha256;
    }

    /** Reads the file once. */
    static LineIndex of(Path file) throws IOException {
        Scan scan = new Scan();
        byte[] buffer = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                scan.add(buffer, read);
            }
        }
        return scan.index();
    }

    /** Lines that are not blank. */
    int size() {
        return starts.length - 1;
    }

    long start(int line) {
        return starts[line];
    }

    long bytes(int line) {
        return starts[line + 1] - starts[line];
    }

    /** As an editor numbers the file's lines, blank ones included, from 1. */
    int number(int line) {
        int low = 0;
        int high = blanks.length;
        while (low < high) { // The first blank line that has more lines before it than this one.
            int middle = (low + high) >>> 1;
            if (blanks[middle] - middle > line) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return line + low + 1;
    }

    /** Of the whole file, in lower-case hexadecimal digits. */
    String sha256() {
        return sha256;
    }

    /** The file as far as it has been read. */
    private static final class Scan {
        private final MessageDigest digest = Sha256.begin();
        private long[] starts = new long[1024];
        private int lines;
        private int[] blanks = new int[16];
        private int blankLines;
        private long position;
        private long lineStart;
        private boolean blank = true;

        void add(byte[] buffer, int length) {
            digest.update(buffer, 0, length);
            for (int i = 0; i < length; i++) {
                byte value = buffer[i];
                position++;
                if (value == '\n') {
                    endLine();
                } else if (value != ' ' && value != '\t' && value != '\r') {
                    blank = false;
                }
            }
        }

        LineIndex index() {
            if (position > lineStart) {
                endLine();
            }
            long[] all = Arrays.copyOf(starts, lines + 1);
            all[lines] = position;
            return new LineIndex(all, Arrays.copyOf(blanks, blankLines), Sha256.end(digest));
        }

        private void endLine() {
            if (blank) {
                if (blankLines == blanks.length) {
                    blanks = Arrays.copyOf(blanks, 2 * blankLines);
                }
                blanks[blankLines] = Math.addExact(lines, blankLines);
                blankLines++;
            } else {
                if (lines == starts.length) {
                    starts = Arrays.copyOf(starts, Math.multiplyExact(lines, 2));
                }
                starts[lines] = lineStart;
                lines++;
            }
            lineStart = position;
            blank = true;
        }
    }
}
