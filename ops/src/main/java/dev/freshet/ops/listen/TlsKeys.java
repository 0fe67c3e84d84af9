package dev.freshet.ops.listen;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** One end's part in TLS, read from PEM files: what it shows, and whom it believes. */
public final class TlsKeys {
    private final Optional<List<KeyManager>> identity;
    private final Optional<List<TrustManager>> authority;

    private TlsKeys(Optional<List<KeyManager>> identity, Optional<List<TrustManager>> authority) {
        this.identity = identity;
        this.authority = authority;
    }

    /**
     * @param certificate of this end, and {@code privateKey} its key: both or none
     * @param authority that must have signed the other end's certificate
     * @throws IllegalArgumentException if a file cannot be read, or does not hold what it should
     */
    public static TlsKeys load(Optional<Path> certificate, Optional<Path> privateKey, Optional<Path> authority) {
        return new TlsKeys(
                certificate.map(file -> identity(file, privateKey.orElseThrow())), authority.map(TlsKeys::authority));
    }

    /** What this end shows. */
    public Optional<List<KeyManager>> identity() {
        return identity;
    }

    /** Whom this end believes. */
    public Optional<List<TrustManager>> authority() {
        return authority;
    }

    /** For a server that takes Java's own. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    identity.map(managers -> managers.toArray(KeyManager[]::new))
                            .orElse(null),
                    authority
                            .map(managers -> managers.toArray(TrustManager[]::new))
                            .orElse(null),
                    null);
            return context;
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException("this Java has no TLS", failure);
        }
    }

    private static List<KeyManager> identity(Path certificate, Path privateKey) {
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        PrivateKey key = PemFiles.privateKey(privateKey, chain.get(0).getPublicKey());
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("identity", key, new char[0], chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return List.of(factory.getKeyManagers());
        } catch (GeneralSecurityException | IOException failure) {
            throw new IllegalArgumentException("cannot use certificate " + certificate + ": " + failure, failure);
        }
    }

    private static List<TrustManager> authority(Path file) {
        try {
            KeyStore store = emptyStore();
            for (X509Certificate trusted : PemFiles.certificates(file)) {
                store.setCertificateEntry("authority-" + store.size(), trusted);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return List.of(factory.getTrustManagers());
        } catch (GeneralSecurityException | IOException failure) {
            throw new IllegalArgumentException("cannot use certificates of " + file + ": " + failure, failure);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
