package dev.freshet.model.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** SHA-256 of whole files. */
public final class FileDigest {
    private static final int READ_BYTES = 1 << 20;

    private FileDigest() {}

    /** In lower-case hexadecimal digits. */
    public static String of(Path file) throws IOException {
        MessageDigest digest = WeightsDigest.sha256();
        byte[] buffer = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
