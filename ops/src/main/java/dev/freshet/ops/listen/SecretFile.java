package dev.freshet.ops.listen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that not everybody may read. */
final class SecretFile {
    private static final long LARGEST = 64 * 1024;

    private SecretFile() {}

    /**
     * @param what it holds, for messages
     * @throws IllegalArgumentException if it cannot be read, is no secret, or is too large for one
     */
    static String read(Path file, String what) {
        try {
            requireSecret(file, what);
            if (Files.size(file) > LARGEST) {
                throw new IOException("it has more than " + LARGEST + " bytes");
            }
            return Files.readString(file);
        } catch (IOException failure) {
            throw new IllegalArgumentException(
                    file + " must hold " + what + " and be readable: "
                            + failure.toString().lines().findFirst().orElseThrow(),
                    failure);
        }
    }

    private static void requireSecret(Path file, String what) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IllegalArgumentException(file + " holds " + what + " and must not be open to everybody, was "
                    + PosixFilePermissions.toString(permissions) + ": chmod 600 " + file);
        }
    }
}
