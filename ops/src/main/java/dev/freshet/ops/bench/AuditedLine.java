package dev.freshet.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.run.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a journal, and where it stands.
 *
 * @param place file and number of the line, from 1
 * @param event an object with the fields that {@link Journal} writes
 */
record AuditedLine(String place, JsonNode event) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** All lines of a run that nobody works on, the oldest file first. */
    static List<AuditedLine> of(Path journal) throws IOException {
        List<AuditedLine> lines = new ArrayList<>();
        for (Path part : Journal.parts(journal)) {
            int number = 0;
            for (String line : Files.readAllLines(part)) {
                number++;
                lines.add(parse(part.getFileName() + ":" + number, line));
            }
        }
        return List.copyOf(lines);
    }

    /** What is not JSON becomes an event without fields, which an audit objects to. */
    static AuditedLine parse(String place, String line) {
        try {
            return new AuditedLine(place, MAPPER.readTree(line));
        } catch (JsonProcessingException torn) {
            return new AuditedLine(place, MAPPER.createObjectNode());
        }
    }

    long sequence() {
        return event.path("sequence").asLong(-1);
    }

    int attempt() {
        return event.path("attempt").asInt(-1);
    }

    String type() {
        return event.path("type").asText();
    }
}
