package dev.freshet.model.task;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields of an object that must be there and be of a kind, or the object is refused. */
public final class JsonFields {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonFields() {}

    /**
     * The one object that a line is.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static JsonNode object(byte[] line) throws IOException {
        try (JsonParser parser = JSON.createParser(line)) {
            @Nullable JsonNode node = JSON.readTree(parser);
            if (node == null || !node.isObject()) {
                String kind = node == null ? "nothing" : kind(node);
                throw new IllegalArgumentException("must be a JSON object, was " + kind);
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("must be one JSON object, was followed by more");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The text of a field that must be there. */
    public static String text(JsonNode object, String field) {
        JsonNode value = require(object, field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("field \"" + field + "\" must be a string, was " + kind(value));
        }
        return requireNotBlank(field, value.asText());
    }

    /** The text of a field that may also be written as a number. */
    static String textOrNumber(JsonNode object, String field) {
        JsonNode value = require(object, field);
        if (!value.isTextual() && !value.isNumber()) {
            throw new IllegalArgumentException(
                    "field \"" + field + "\" must be a string or a number, was " + kind(value));
        }
        return requireNotBlank(field, value.asText());
    }

    /** A field that must be there, of whatever kind. */
    public static JsonNode require(JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null) {
            List<String> present = new ArrayList<>();
            object.fieldNames().forEachRemaining(present::add);
            throw new IllegalArgumentException("field \"" + field + "\" is missing; there are " + present);
        }
        return value;
    }

    public static String requireNotBlank(String field, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("field \"" + field + "\" must not be blank");
        }
        return text;
    }

    public static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            case BINARY, MISSING, POJO -> "nothing";
        };
    }
}
