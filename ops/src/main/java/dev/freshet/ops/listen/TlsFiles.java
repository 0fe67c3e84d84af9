package dev.freshet.ops.listen;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a server's TLS, all PEM.
 *
 * @param certificate the server's, and after it those of the authorities between it and the root
 * @param privateKey of the certificate, PKCS #8 without a password
 * @param clientAuthority signs the certificates that callers must show; empty if they need none
 */
public record TlsFiles(Path certificate, Path privateKey, Optional<Path> clientAuthority) {
    TlsKeys load() {
        return TlsKeys.load(Optional.of(certificate), Optional.of(privateKey), clientAuthority);
    }
}
