package dev.freshet.ops.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Demonstrations of additions, in lines of a length that they have from a field that nobody reads: to learn a token takes far longer than to
 * read it, and so it is long lines of few tokens that a learner would wait for first.
 */
final class AdditionLines {
    private static final long SEED = 1;
    private static final int NUMBERS = 100;

    private AdditionLines() {}

    static void write(Path file, long lines, int lineBytes) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            for (long line = 0; line < lines; line++) {
                out.write(line(random.nextInt(NUMBERS), random.nextInt(NUMBERS), lineBytes));
            }
        }
    }

    private static String line(int first, int second, int lineBytes) {
        String beginning = "{\"prompt\": \"" + padded(first) + "+" + padded(second) + "=\", \"completion\": \""
                + (first + second) + "\", \"note\": \"";
        String end = "\"}\n";
        return beginning + "x".repeat(Math.max(0, lineBytes - beginning.length() - end.length())) + end;
    }

    private static String padded(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }
}
