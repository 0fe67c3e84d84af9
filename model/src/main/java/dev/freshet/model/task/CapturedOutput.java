package dev.freshet.model.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The beginning of what a process writes. What is beyond is read, so that the process goes on, and forgotten. Reading never
 * blocks, so the process can be watched by the thread that waits for it.
 */
final class CapturedOutput {
    /** So many bytes are kept. */
    static final int LIMIT = 65_536;

    private static final int QUOTED = 200;

    private final InputStream stream;
    private final byte[] kept = new byte[LIMIT];
    private int length;
    private boolean tooLong;

    CapturedOutput(InputStream stream) {
        this.stream = stream;
    }

    void readWhatIsThere() throws IOException {
        for (int there = stream.available(); there > 0 && !tooLong; there = stream.available()) {
            keep(stream.readNBytes(Math.min(there, LIMIT)));
        }
        if (tooLong) {
            stream.skipNBytes(stream.available());
        }
    }

    private void keep(byte[] read) {
        int fits = Math.min(read.length, LIMIT - length);
        System.arraycopy(read, 0, kept, length, fits);
        length += fits;
        tooLong = fits < read.length;
    }

    boolean isTooLong() {
        return tooLong;
    }

    String text() {
        return new String(kept, 0, length, StandardCharsets.UTF_8).strip();
    }

    /** The end of the text for the end of a message: nothing if nothing was written. */
    String lastWords() {
        String text = text();
        String end = text.length() <= QUOTED ? text : "..." + text.substring(text.length() - QUOTED);
        return text.isEmpty() ? "" : ": \"" + onOneLine(end) + "\"";
    }

    /** The beginning of the text in quotes. */
    String firstWords() {
        String text = text();
        return "\"" + onOneLine(text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "...") + "\"";
    }

    private static String onOneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
