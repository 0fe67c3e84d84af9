package dev.freshet.ops.listen;

import dev.freshet.model.digest.Sha256;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A secret that callers show as {@code authorization: Bearer SECRET}. It is never printed. */
public final class BearerToken {
    private static final String SCHEME = "Bearer ";

    /** What a header may carry, without what a careless shell leaves behind. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{16,4096}");

    private final String token;

    private BearerToken(String token) {
        this.token = token;
    }

    /** @throws IllegalArgumentException if the file cannot be read, may be read by everybody, or holds no token */
    public static BearerToken read(Path file) {
        String token = SecretFile.read(file, "a token").strip();
        if (!TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException(
                    file + " must hold a token of 16 to 4096 letters, digits and signs on one" + " line, had "
                            + token.length() + " characters: make one by openssl rand -hex 32");
        }
        return new BearerToken(token);
    }

    /** What a caller sends as {@code authorization}. */
    public String header() {
        return SCHEME + token;
    }

    /** Whether a caller sent this token; takes as long for a wrong one as for a right one. */
    public boolean matches(@Nullable String header) {
        // Digests are of one length, whatever is compared.
        return header != null && MessageDigest.isEqual(Sha256.of(header), Sha256.of(header()));
    }

    @Override
    public String toString() {
        return "a token";
    }
}
