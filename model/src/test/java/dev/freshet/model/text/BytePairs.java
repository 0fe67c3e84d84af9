package dev.freshet.model.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes a small {@code tokenizer.json} for tests: byte-level byte pairs with one merge, t + h, and two special tokens. */
public final class BytePairs {
    /** The id of {@code th}; single bytes have their own value as id. */
    public static final int LETTER_PAIR = 256;

    /** The id of {@code <eos>}. */
    public static final int END = 257;

    /** The id of {@code <|turn|>}. */
    public static final int TURN = 258;

    private BytePairs() {}

    public static Path write(Path file) throws IOException {
        return Files.writeString(file, json());
    }

    private static String json() {
        String bytes = IntStream.range(0, 256)
                .mapToObj(value -> "\"" + byteSymbol(value) + "\": " + value)
                .collect(Collectors.joining(", "));
        return """
                {"version": "1.0", "normalizer": null, "post_processor": null,
                 "added_tokens": [
                   {"id": 257, "content": "<eos>", "special": true, "single_word": false, "lstrip": false,
                    "rstrip": false, "normalized": false},
                   {"id": 258, "content": "<|turn|>", "special": true, "single_word": false, "lstrip": false,
                    "rstrip": false, "normalized": false}],
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                 "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "unk_token": null, "merges": ["t h"], "vocab": {%s, "th": 256}}}
                """.formatted(bytes);
    }

    /** The printable character that byte-level tokenizers write for a byte, as GPT-2 defined it. */
    private static String byteSymbol(int value) {
        boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
        if (printable) {
            return value == '"' || value == '\\' ? "\\" + (char) value : Character.toString(value);
        }
        int hiddenBefore = value <= ' ' ? value : value == 0xAD ? 67 : value - 0x7F + 33;
        return Character.toString(256 + hiddenBefore);
    }
}
