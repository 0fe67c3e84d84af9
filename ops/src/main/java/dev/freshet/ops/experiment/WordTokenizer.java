package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@code tokenizer.json} of so many words, each a token, for tasks that are made of words. */
final class WordTokenizer {
    /** Ends a completion. */
    static final String STOP = "<eos>";

    private static final String FILLER = "<pad>";
    private static final String UNKNOWN = "<unk>";

    private WordTokenizer() {}

    /**
     * Writes the file.
     *
     * @param words without spaces
     */
    static void write(Path file, List<String> words) throws IOException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String word : List.of(FILLER, UNKNOWN, STOP)) {
            ids.put(word, ids.size());
        }
        words.forEach(word -> ids.put(word, ids.size()));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "1.0");
        root.put("added_tokens", special(ids));
        for (String none : List.of("normalizer", "post_processor", "decoder")) {
            root.put(none, null);
        }
        root.put("pre_tokenizer", Map.of("type", "WhitespaceSplit"));
        root.put("model", Map.of("type", "WordLevel", "vocab", ids, "unk_token", UNKNOWN));
        Files.writeString(file, JsonMapper.builder().build().writeValueAsString(root));
    }

    private static List<Map<String, Object>> special(Map<String, Integer> ids) {
        List<Map<String, Object>> tokens = new ArrayList<>();
        for (String word : List.of(FILLER, UNKNOWN, STOP)) {
            Map<String, Object> token = new LinkedHashMap<>();
            token.put("id", ids.get(word));
            token.put("content", word);
            for (String option : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                token.put(option, false);
            }
            token.put("special", true);
            tokens.add(token);
        }
        return tokens;
    }

    /** What a run reads and says with it. */
    static List<String> settings(Path file) {
        return List.of(
                "freshet.task.name=jsonl",
                "freshet.task.jsonl.layout=prompt",
                "freshet.task.jsonl.tokenizer=" + file,
                "freshet.task.jsonl.stop-tokens=[\"" + STOP + "\"]",
                "freshet.task.jsonl.verifier.kind=exact");
    }
}
