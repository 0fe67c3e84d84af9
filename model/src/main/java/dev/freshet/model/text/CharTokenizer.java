package dev.freshet.model.text;

import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;
import java.util.Set;

/**
 * One token a character, its id the character's place in a fixed alphabet; one character of the alphabet ends a completion.
 * Made for small models trained from nothing, where each character should carry a meaning of its own.
 */
public final class CharTokenizer implements TextTokenizer {
    /** Space first, so that id 0, which fills unused places of a batch, reads as nothing. */
    private static final String ARITHMETIC_ALPHABET = " 0123456789+-*=;,?.#";

    private static final int ASCII = 128;
    private static final int ABSENT = -1;

    private final String alphabet;
    private final int stop;
    /** Character code to token id; characters beyond ASCII have no token. */
    private final int[] ids = new int[ASCII];

    /**
     * @param alphabet distinct ASCII characters, in the order of their ids
     * @param stop the character of the alphabet that ends a completion
     */
    public CharTokenizer(String alphabet, char stop) {
        Arrays.fill(ids, ABSENT);
        for (int id = 0; id < alphabet.length(); id++) {
            char character = alphabet.charAt(id);
            if (character >= ASCII || ids[character] != ABSENT) {
                throw new IllegalArgumentException("an alphabet must hold distinct ASCII characters, held "
                        + Characters.describe(character) + " in \"" + alphabet + "\"");
            }
            ids[character] = id;
        }
        if (stop >= ASCII || ids[stop] == ABSENT) {
            throw new IllegalArgumentException("the stop character must be one of the alphabet \"" + alphabet
                    + "\", was " + Characters.describe(stop));
        }
        this.alphabet = alphabet;
        this.stop = ids[stop];
    }

    /** The 20 symbols of the built-in arithmetic and countdown tasks; {@code ;} ends a completion. */
    public static CharTokenizer arithmetic() {
        return new CharTokenizer(ARITHMETIC_ALPHABET, ';');
    }

    /** {@inheritDoc} The stop character is refused: it belongs to the end of a completion alone. */
    @Override
    public Tokens encode(String text) {
        int[] encoded = new int[text.length()];
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = id(text, i);
        }
        return Tokens.of(encoded);
    }

    private int id(String text, int position) {
        char character = text.charAt(position);
        int id = character < ASCII ? ids[character] : ABSENT;
        if (id == ABSENT) {
            throw new IllegalArgumentException("no token for " + Characters.describe(text.codePointAt(position))
                    + " at position " + position + "; the alphabet is \"" + alphabet + "\"");
        }
        if (id == stop) {
            throw new IllegalArgumentException(Characters.describe(character) + " at position " + position
                    + " ends a completion and cannot stand inside a text");
        }
        return id;
    }

    @Override
    public String decode(Tokens tokens) {
        StringBuilder text = new StringBuilder(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            text.append(alphabet.charAt(TokenIds.checked(tokens.get(i), vocabularySize())));
        }
        return text.toString();
    }

    @Override
    public int vocabularySize() {
        return alphabet.length();
    }

    @Override
    public Set<Integer> stopTokens() {
        return Set.of(stop);
    }
}
