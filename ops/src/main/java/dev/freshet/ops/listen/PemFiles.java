package dev.freshet.ops.listen;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys from PEM files. What is wrong with one is refused in one line, with what to do. */
final class PemFiles {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private PemFiles() {}

    static List<X509Certificate> certificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new CertificateException("there is none in it");
            }
            return certificates;
        } catch (IOException | CertificateException failure) {
            throw new IllegalArgumentException(
                    file + " must hold certificates as PEM and be readable: " + oneLine(failure), failure);
        }
    }

    /** @param publicKey that it must belong to */
    static PrivateKey privateKey(Path file, PublicKey publicKey) {
        String text = SecretFile.read(file, "a private key");
        Matcher pem = PKCS8.matcher(text);
        if (!pem.find()) {
            throw new IllegalArgumentException(
                    file + " must hold a private key as PEM, PKCS #8 without a password: make"
                            + " it by openssl pkcs8 -topk8 -nocrypt -in " + file.getFileName());
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
            PrivateKey key =
                    KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            requirePair(key, publicKey);
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException failure) {
            throw new IllegalArgumentException(
                    file + " must hold the private key of the certificate, does not: " + oneLine(failure), failure);
        }
    }

    private static void requirePair(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        byte[] message = {1, 2, 3};
        Signature signature = Signature.getInstance(
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> publicKey.getAlgorithm();
                });
        signature.initSign(key);
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(message);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("it is that of another");
        }
    }

    private static String oneLine(Exception failure) {
        return failure.toString().lines().findFirst().orElseThrow();
    }
}
