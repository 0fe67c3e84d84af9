package dev.freshet.model.rehearsal;

import dev.freshet.model.safetensors.TensorData;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A name for a policy: SHA-256 of its tensors' names, shapes and bytes, in their order. */
public final class WeightsDigest {
    private WeightsDigest() {}

    /** In lower-case hexadecimal digits. */
    public static String of(List<TensorData> weights) {
        MessageDigest digest = sha256();
        for (TensorData tensor : weights) {
            String header = tensor.name() + " " + tensor.type() + " " + tensor.shape() + "\n";
            digest.update(header.getBytes(StandardCharsets.UTF_8));
            digest.update(tensor.bytes());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
