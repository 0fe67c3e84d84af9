package dev.freshet.model.text;

import dev.freshet.model.rollout.Tokens;
import java.util.Set;

/** Turns text into token ids and back. Implementations are immutable and may be used from any thread. */
public interface TextTokenizer {
    /**
     * Encodes text without adding special tokens, and without letting the text smuggle any in.
     *
     * @throws IllegalArgumentException if the text holds a character that this tokenizer has no token for
     */
    Tokens encode(String text);

    /** Decodes tokens, stop tokens included if present. */
    String decode(Tokens tokens);

    /** The number of token ids, which run from 0 to this number less one. */
    int vocabularySize();

    /** The tokens that end a completion; at least one. */
    Set<Integer> stopTokens();
}
