package dev.freshet.model.divergence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** Reference numbers computed outside this project's code, in double precision; infinities are strings. */
final class Vectors {
    private Vectors() {}

    static JsonNode read(String block) {
        String path = "/vectors/" + block + ".json";
        try (InputStream file = Objects.requireNonNull(Vectors.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(path, unreadable);
        }
    }

    static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(Vectors::number)
                .toArray();
    }

    static double number(JsonNode value) {
        return value.isTextual() ? Double.parseDouble(value.textValue()) : value.doubleValue();
    }
}
