package dev.freshet.model.answers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.task.JsonFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer that a policy may know.
 *
 * @param restated the same answer in other words, for the truth ratio; the answer itself if there is none
 * @param wrong answers of the same form that are not right; may be empty
 */
public record KnownAnswer(String prompt, String answer, String restated, List<String> wrong) {
    private static final String RESTATED = "restated";
    private static final String WRONG = "wrong";

    public KnownAnswer {
        wrong = List.copyOf(wrong);
    }

    /**
     * Reads a file of one JSON object a line, with "prompt" and "answer", and if there are any "restated" and a list "wrong".
     *
     * @throws IllegalArgumentException naming the first line that cannot be used
     */
    public static List<KnownAnswer> read(Path file) throws IOException {
        List<KnownAnswer> answers = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                answers.add(of(JsonFields.object(line.getBytes(StandardCharsets.UTF_8))));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ":" + number + ": " + e.getMessage(), e);
            }
        }
        if (answers.isEmpty()) {
            throw new IllegalArgumentException(file + " must have at least one line, had none");
        }
        return answers;
    }

    private static KnownAnswer of(JsonNode line) {
        String answer = JsonFields.text(line, "answer");
        List<String> wrong = new ArrayList<>();
        if (line.has(WRONG) && !line.path(WRONG).isArray()) {
            throw new IllegalArgumentException(
                    "field \"" + WRONG + "\" must be a list of strings, was " + JsonFields.kind(line.path(WRONG)));
        }
        for (JsonNode one : line.path(WRONG)) {
            if (!one.isTextual()) {
                throw new IllegalArgumentException(
                        "field \"" + WRONG + "\" must be a list of strings, had " + JsonFields.kind(one));
            }
            wrong.add(one.asText());
        }
        String restated = line.has(RESTATED) ? JsonFields.text(line, RESTATED) : answer;
        return new KnownAnswer(JsonFields.text(line, "prompt"), answer, restated, wrong);
    }
}
