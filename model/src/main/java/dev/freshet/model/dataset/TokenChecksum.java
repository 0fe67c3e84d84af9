package dev.freshet.model.dataset;

import dev.freshet.model.rollout.Tokens;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** What an example's tokens digest to: log-probs that are stored for others than it has are found out. */
final class TokenChecksum {
    private TokenChecksum() {}

    static int of(TokenisedExample example) {
        CRC32C checksum = new CRC32C();
        for (ExampleSequence sequence : example.sequences()) {
            add(checksum, sequence.prompt());
            add(checksum, sequence.completion());
        }
        return (int) checksum.getValue();
    }

    private static void add(CRC32C checksum, Tokens tokens) {
        ByteBuffer bytes = ByteBuffer.allocate((tokens.size() + 1) * Integer.BYTES);
        bytes.putInt(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            bytes.putInt(tokens.get(i));
        }
        checksum.update(bytes.flip());
    }
}
