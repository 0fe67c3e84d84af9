package dev.freshet.model.text;

import dev.freshet.model.rollout.Tokens;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * One token a byte of UTF-8, ids 0 to 255, and one further token that ends a completion and that no text encodes to. Any text
 * goes in and comes back as it was.
 */
public final class ByteTokenizer implements TextTokenizer {
    /** The id of the token that ends a completion; it decodes to {@code <end>}. */
    public static final int END = 256;

    private static final byte[] END_TEXT = "<end>".getBytes(StandardCharsets.UTF_8);

    @Override
    public Tokens encode(String text) {
        ByteBuffer bytes = utf8(text);
        int[] ids = new int[bytes.remaining()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Byte.toUnsignedInt(bytes.get());
        }
        return Tokens.of(ids);
    }

    private static ByteBuffer utf8(String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text must be well-formed Unicode, had half of a surrogate pair", e);
        }
    }

    /** {@inheritDoc} Bytes that are not UTF-8, as an untrained policy writes them, come out as U+FFFD. */
    @Override
    public String decode(Tokens tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            int id = TokenIds.checked(tokens.get(i), vocabularySize());
            if (id == END) {
                bytes.writeBytes(END_TEXT);
            } else {
                bytes.write(id);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public int vocabularySize() {
        return END + 1;
    }

    @Override
    public Set<Integer> stopTokens() {
        return Set.of(END);
    }
}
