package dev.freshet.model.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Fields of an object that must be there and be of a kind, or the object is refused. */
final class JsonFields {
    private JsonFields() {}

    /** The text of a field that must be there. */
    static String text(JsonNode object, String field) {
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

    private static JsonNode require(JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null) {
            List<String> present = new ArrayList<>();
            object.fieldNames().forEachRemaining(present::add);
            throw new IllegalArgumentException("field \"" + field + "\" is missing; there are " + present);
        }
        return value;
    }

    private static String requireNotBlank(String field, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("field \"" + field + "\" must not be blank");
        }
        return text;
    }

    static String kind(JsonNode node) {
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
