package dev.freshet.model.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads a file with one JSON object a line. All lines are read before any is refused, so that the message names every bad one,
 * up to a limit, and a person mends a file once. Blank lines are passed over.
 */
final class JsonLines {
    /** So many bad lines are named in full; the rest are counted. */
    static final int NAMED = 20;

    private JsonLines() {}

    /**
     * Reads all lines.
     *
     * @param name what the file is called in refusals
     * @param row makes a row of an object, or refuses it with an {@link IllegalArgumentException} that says why
     * @throws IllegalArgumentException if a line is not a JSON object or is refused, or there is no line at all
     */
    static <R> List<R> read(InputStream stream, String name, Function<JsonNode, R> row) throws IOException {
        List<R> rows = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        int refused = 0;
        int number = 0;
        // Latin-1 hands every byte through, so that the JSON parser sees, and checks, the line's own bytes.
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.ISO_8859_1));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                rows.add(row.apply(JsonFields.object(line.getBytes(StandardCharsets.ISO_8859_1))));
            } catch (IllegalArgumentException e) {
                refused++;
                if (refusals.size() < NAMED) {
                    refusals.add(name + ":" + number + ": " + e.getMessage());
                }
            }
        }
        if (refused > 0) {
            throw new IllegalArgumentException(message(name, number, refused, refusals));
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(name + " must have at least one line, had none");
        }
        return rows;
    }

    private static String message(String name, int lines, int refused, List<String> refusals) {
        StringBuilder message = new StringBuilder()
                .append(refused)
                .append(" of ")
                .append(lines)
                .append(" lines of ")
                .append(name)
                .append(" cannot be used; mend or remove them:");
        refusals.forEach(refusal -> message.append("\n  ").append(refusal));
        if (refused > refusals.size()) {
            message.append("\n  and ").append(refused - refusals.size()).append(" more");
        }
        return message.toString();
    }
}
