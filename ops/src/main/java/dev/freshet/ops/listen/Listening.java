package dev.freshet.ops.listen;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a server listens, and what it asks of its callers. Beyond loopback it must have TLS and a token.
 *
 * @param tokenFile holds the token that callers must show
 */
public record Listening(ListenAddress address, Optional<TlsFiles> tls, Optional<Path> tokenFile) {
    public Listening {
        if (!address.isLoopback() && (tls.isEmpty() || tokenFile.isEmpty())) {
            String key = address.key();
            throw new IllegalArgumentException("beyond loopback a server must have TLS and a token, host was "
                    + address.host() + ": name " + key + ".tls.certificate, .tls.key and " + key
                    + ".token-file, or listen on 127.0.0.1 and reach it by a tunnel (ssh -L) (" + key + ".host)");
        }
    }

    /** Reads {@code host}, {@code port}, {@code tls} and {@code token-file} below {@code key}. No file is opened. */
    public static Listening from(Config root, String key) {
        Config settings = root.getConfig(key);
        Optional<Path> certificate = file(settings, "tls.certificate");
        Optional<Path> privateKey = file(settings, "tls.key");
        Optional<Path> clientAuthority = file(settings, "tls.client-ca");
        if (certificate.isPresent() != privateKey.isPresent()) {
            throw new IllegalArgumentException("a certificate and its key must be named together, one is missing ("
                    + key + ".tls.certificate, " + key + ".tls.key)");
        }
        if (clientAuthority.isPresent() && certificate.isEmpty()) {
            throw new IllegalArgumentException("only TLS can ask callers for a certificate: name " + key
                    + ".tls.certificate and .tls.key, too, or leave out " + key + ".tls.client-ca");
        }
        return new Listening(
                ListenAddress.from(root, key),
                certificate.map(file -> new TlsFiles(file, privateKey.orElseThrow(), clientAuthority)),
                file(settings, "token-file"));
    }

    /** @throws IllegalArgumentException if a file cannot be read, or does not hold what it should */
    public Guard guard() {
        return new Guard(tls.map(TlsFiles::load), tokenFile.map(BearerToken::read));
    }

    private static Optional<Path> file(Config settings, String name) {
        String path = settings.getString(name);
        return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
    }
}
