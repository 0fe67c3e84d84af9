package dev.freshet.model.checkpoint;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.model.rollout.PolicyVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint's JSON files: records with snake-case fields, preceded by {@code format_version}. Nothing is guessed: an unknown,
 * missing, doubled or null field is refused by name. Format 1, which knew no parameters, rollbacks or scores, is read, too.
 */
final class CheckpointJson {
    static final int FORMAT_VERSION = 2;

    private static final int OLDEST_VERSION = 1;
    /** The longest file that is parsed; a state takes about a thousand bytes. */
    static final int LIMIT_BYTES = 1 << 20;

    private static final String VERSION_FIELD = "format_version";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addMixIn(PolicyVersion.class, PlainNumber.class)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();

    private CheckpointJson() {}

    static byte[] write(Object document) throws IOException {
        ObjectNode tree = MAPPER.createObjectNode().put(VERSION_FIELD, FORMAT_VERSION);
        // Through text and not as a tree, which would keep the iteration order of unordered maps.
        tree.setAll((ObjectNode) MAPPER.readTree(MAPPER.writeValueAsBytes(document)));
        return PRETTY.writeValueAsBytes(tree);
    }

    static <T> T read(Path file, Class<T> type) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file.getFileName() + " is missing");
        }
        if (Files.size(file) > LIMIT_BYTES) {
            throw new CheckpointException(
                    file.getFileName() + " must have at most " + LIMIT_BYTES + " bytes, had " + Files.size(file));
        }
        try {
            return MAPPER.treeToValue(withoutVersion(file, MAPPER.readTree(Files.readAllBytes(file))), type);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file.getFileName() + ": " + reason(e), e);
        }
    }

    private static ObjectNode withoutVersion(Path file, JsonNode tree) {
        if (!(tree instanceof ObjectNode object)) {
            throw new CheckpointException(file.getFileName() + " must be a JSON object");
        }
        JsonNode version = object.remove(VERSION_FIELD);
        if (version != null && version.isInt() && version.intValue() == OLDEST_VERSION) {
            return upgraded(file, object);
        }
        if (version == null || !version.isInt() || version.intValue() != FORMAT_VERSION) {
            String refusal = file.getFileName() + ": " + VERSION_FIELD + " must be " + OLDEST_VERSION + " or "
                    + FORMAT_VERSION + ", was " + version + ": read it with the Freshet that wrote it";
            throw version != null && version.isInt() && version.intValue() > FORMAT_VERSION
                    ? new ForeignCheckpointException(refusal)
                    : new CheckpointException(refusal);
        }
        return object;
    }

    private static ObjectNode upgraded(Path file, ObjectNode object) {
        if (!file.endsWith(Manifest.STATE)) {
            return object;
        }
        for (String unknown : List.of("parameters", "rollbacks", "scores")) {
            if (object.has(unknown)) {
                throw new CheckpointException(file.getFileName() + ": unknown field " + unknown);
            }
        }
        object.putObject("parameters").setAll((ObjectNode) MAPPER.valueToTree(SavedParameters.NONE));
        object.putArray("rollbacks");
        object.putObject("scores");
        return object;
    }

    private static String reason(JsonProcessingException failure) {
        if (failure instanceof UnrecognizedPropertyException unknown) {
            return "unknown field " + unknown.getPropertyName();
        }
        if (failure instanceof ValueInstantiationException refused && refused.getCause() != null) {
            return String.valueOf(refused.getCause().getMessage());
        }
        // Jackson's words for a missing or null field, without those that are meant for its caller.
        return failure.getOriginalMessage()
                .replace("creator property", "field")
                .replaceFirst("(;| \\(index).*DeserializationFeature.*", "");
    }

    /** Lets a {@link PolicyVersion} be written as its number. */
    private abstract static class PlainNumber {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        PlainNumber(@SuppressWarnings("unused") long number) {}

        @JsonValue
        abstract long number();
    }
}
