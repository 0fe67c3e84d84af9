package dev.freshet.model.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reference numbers of advantages, surrogates and aggregations, computed outside this project's code in double precision. */
final class RlvrVectors {
    private static final String PATH = "/vectors/rlvr.json";

    private RlvrVectors() {}

    static JsonNode read() {
        try (InputStream file = Objects.requireNonNull(RlvrVectors.class.getResourceAsStream(PATH), PATH)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(PATH, e);
        }
    }

    static List<Double> numbers(JsonNode array) {
        List<Double> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.doubleValue()));
        return numbers;
    }

    /** A matrix's entries where the mask is 1, row by row: the tokens without the padding. */
    static List<Double> packed(JsonNode matrix, JsonNode mask) {
        List<Double> packed = new ArrayList<>();
        for (int row = 0; row < mask.size(); row++) {
            for (int column = 0; column < mask.get(row).size(); column++) {
                if (mask.get(row).get(column).doubleValue() == 1) {
                    packed.add(matrix.get(row).get(column).doubleValue());
                }
            }
        }
        return packed;
    }

    /** Tokens of each row. */
    static int[] lengths(JsonNode mask) {
        int[] lengths = new int[mask.size()];
        for (int row = 0; row < lengths.length; row++) {
            for (JsonNode entry : mask.get(row)) {
                lengths[row] += entry.intValue();
            }
        }
        return lengths;
    }

    /** Each row's number, once a token. */
    static List<Double> perToken(List<Double> perRow, int[] lengths) {
        List<Double> perToken = new ArrayList<>();
        for (int row = 0; row < lengths.length; row++) {
            for (int token = 0; token < lengths[row]; token++) {
                perToken.add(perRow.get(row));
            }
        }
        return perToken;
    }
}
