package dev.freshet.model.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@code tokenizer.json} says that the native tokenizer does not tell: all ids, and which of them no text may become.
 *
 * @param ids text of a token to its id, added tokens included
 * @param special text of a special token to its id
 * @param unknown the text of the token that stands for what has no token, if there is one
 * @param vocabularySize the largest id plus one
 */
record TokenizerFile(
        Map<String, Integer> ids, Map<String, Integer> special, Optional<String> unknown, int vocabularySize) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    TokenizerFile {
        ids = Map.copyOf(ids);
        special = Map.copyOf(special);
    }

    static TokenizerFile read(Path file) {
        JsonNode root = tree(file);
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isArray()) {
            // Unigram: [piece, score] in the order of the ids.
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.path(id).path(0).asText(), id);
            }
        } else {
            for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
                ids.put(token.getKey(), token.getValue().asInt());
            }
        }
        Map<String, Integer> special = new HashMap<>();
        for (JsonNode added : root.path("added_tokens")) {
            String content = added.path("content").asText();
            ids.put(content, added.path("id").asInt());
            if (added.path("special").asBoolean()) {
                special.put(content, added.path("id").asInt());
            }
        }
        if (ids.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no vocabulary: it must be a Hugging Face tokenizer.json");
        }
        Optional<String> unknown = unknown(root.path("model"));
        int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
        return new TokenizerFile(ids, special, unknown, largest + 1);
    }

    private static Optional<String> unknown(JsonNode model) {
        if (model.path("unk_token").isTextual()) {
            return Optional.of(model.path("unk_token").asText());
        }
        JsonNode piece =
                model.path("vocab").path(model.path("unk_id").asInt(-1)).path(0);
        return piece.isTextual() ? Optional.of(piece.asText()) : Optional.empty();
    }

    /** The end token that the {@code tokenizer_config.json} beside the file names, or none. */
    static List<String> namedEndToken(Path file) {
        Path config = file.resolveSibling("tokenizer_config.json");
        if (!Files.isRegularFile(config)) {
            return List.of();
        }
        JsonNode end = tree(config).path("eos_token");
        JsonNode content = end.isObject() ? end.path("content") : end;
        return content.isTextual() ? List.of(content.asText()) : List.of();
    }

    private static JsonNode tree(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("no such file: " + file);
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
