package dev.freshet.model.safetensors;

import static dev.freshet.model.safetensors.SafetensorsException.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.model.safetensors.SafetensorsHeader.Entry;
import dev.freshet.model.safetensors.TensorData.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a header token by token, so that a hostile one costs no more memory than its entries. Sizes and offsets are
 * judged by {@link SafetensorsHeader#check}.
 */
final class HeaderParser {
    // Names of tensors differ from file to file: sharing them between parsers would only fill the shared tables.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private static final int MAX_DIMENSIONS = 32;

    private final Path file;
    private final JsonParser json;

    private HeaderParser(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    static SafetensorsHeader parse(Path file, ByteBuffer header) throws IOException {
        try (JsonParser json = JSON.createParser(text(file, header))) {
            return new HeaderParser(file, json).header();
        } catch (JsonProcessingException e) {
            throw new SafetensorsException(file, "header must be JSON: " + quoted(e.getOriginalMessage()), e);
        }
    }

    private static String text(Path file, ByteBuffer header) throws SafetensorsException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(header).toString();
        } catch (CharacterCodingException e) {
            throw new SafetensorsException(file, "header must be UTF-8", e);
        }
    }

    private SafetensorsHeader header() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "header must be a JSON object");
        Map<String, String> metadata = Map.of();
        List<Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (!names.add(name)) {
                throw refusal("names must be unique, " + quoted(name) + " was there twice");
            }
            if (name.equals(SafetensorsHeader.METADATA_KEY)) {
                metadata = metadata();
            } else {
                entries.add(entry(name));
            }
        }
        if (json.nextToken() != null) {
            throw refusal("nothing may follow the header's JSON object, found " + quoted(json.getText()));
        }
        return new SafetensorsHeader(metadata, entries);
    }

    private Map<String, String> metadata() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, SafetensorsHeader.METADATA_KEY + " must be a JSON object");
        Map<String, String> metadata = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            expect(json.nextToken(), JsonToken.VALUE_STRING, "metadata " + quoted(key) + " must be a string");
            if (metadata.put(key, json.getText()) != null) {
                throw refusal("metadata keys must be unique, " + quoted(key) + " was there twice");
            }
        }
        return metadata;
    }

    private Entry entry(String name) throws IOException {
        String tensor = "tensor " + quoted(name);
        expect(json.nextToken(), JsonToken.START_OBJECT, tensor + " must be a JSON object");
        ElementType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            switch (field) {
                case "dtype" -> type = once(tensor, field, type, elementType(tensor));
                case "shape" -> shape = once(tensor, field, shape, integers(tensor + ": shape", MAX_DIMENSIONS));
                case "data_offsets" -> offsets = once(tensor, field, offsets, integers(tensor + ": data_offsets", 2));
                default -> throw refusal(tensor + " may have dtype, shape and data_offsets only, had " + quoted(field));
            }
        }
        if (type == null || shape == null || offsets == null) {
            throw refusal(tensor + " must have dtype, shape and data_offsets");
        }
        if (offsets.size() != 2) {
            throw refusal(tensor + ": data_offsets must be two integers, was " + offsets);
        }
        return new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private <T> T once(String tensor, String field, @Nullable T before, T value) throws SafetensorsException {
        if (before != null) {
            throw refusal(tensor + " must have one " + field + ", had two");
        }
        return value;
    }

    private ElementType elementType(String tensor) throws IOException {
        expect(json.nextToken(), JsonToken.VALUE_STRING, tensor + ": dtype must be a string");
        String dtype = json.getText();
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(dtype)) {
                return type;
            }
        }
        throw refusal(
                tensor + ": dtype must be one of " + Arrays.toString(ElementType.values()) + ", was " + quoted(dtype));
    }

    private List<Long> integers(String what, int most) throws IOException {
        expect(json.nextToken(), JsonToken.START_ARRAY, what + " must be an array");
        List<Long> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what + " must hold integers");
            if (json.getNumberType() == NumberType.BIG_INTEGER) {
                throw refusal(what + " must hold integers of at most 63 bits, had " + quoted(json.getText()));
            }
            if (values.size() == most) {
                throw refusal(what + " must have at most " + most + " integers");
            }
            values.add(json.getLongValue());
        }
        return values;
    }

    private void expect(@Nullable JsonToken actual, JsonToken expected, String rule) throws IOException {
        if (actual != expected) {
            throw refusal(rule + ", found " + (actual == null ? "its end" : quoted(json.getText())));
        }
    }

    private SafetensorsException refusal(String why) {
        return new SafetensorsException(file, why);
    }
}
