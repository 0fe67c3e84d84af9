package dev.freshet.ops.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * One event as the journal keeps it.
 *
 * @param type name of the event, as in {@code StepTrained}
 * @param json the whole line, without its line feed
 */
public record JournalLine(long sequence, Instant time, String type, String json) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Reads no further than the type, which stands in front of the event's own components. */
    static JournalLine parse(String json) throws IOException {
        long sequence = -1;
        Instant time = Instant.EPOCH;
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "sequence" -> sequence = parser.getLongValue();
                    case "time" -> time = Instant.parse(parser.getText());
                    case "type" -> {
                        return new JournalLine(sequence, time, parser.getText(), json);
                    }
                    default -> parser.skipChildren();
                }
            }
        } catch (DateTimeException malformed) {
            throw new IOException("a journal's line must have a time, was " + json, malformed);
        }
        throw new IOException("a journal's line must have a type, was " + json);
    }
}
