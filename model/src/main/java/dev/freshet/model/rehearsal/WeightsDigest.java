package dev.freshet.model.rehearsal;

import dev.freshet.model.digest.Sha256;
import dev.freshet.model.safetensors.TensorData;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** A name for a policy: SHA-256 of its tensors' names, shapes and bytes, in their order. */
public final class WeightsDigest {
    private WeightsDigest() {}

    /** In lower-case hexadecimal digits. */
    public static String of(List<TensorData> weights) {
        MessageDigest digest = Sha256.begin();
        for (TensorData tensor : weights) {
            String header = tensor.name() + " " + tensor.type() + " " + tensor.shape() + "\n";
            digest.update(header.getBytes(StandardCharsets.UTF_8));
            digest.update(tensor.bytes());
        }
        return Sha256.end(digest);
    }
}
