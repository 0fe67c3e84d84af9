package dev.freshet.ops.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.ops.cli.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    static Path folder;

    private static TestCertificates.Pair elliptic;
    private static TestCertificates.Pair rsa;

    @BeforeAll
    static void make() throws Exception {
        elliptic = TestCertificates.make(folder, "elliptic", "EC");
        rsa = TestCertificates.make(folder, "rsa", "RSA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3"})
    void beyondLoopbackItNeedsTlsAndAToken(String host) throws Exception {
        String tokenFile = "token-file=" + token(TOKEN);
        String certificate = "tls.certificate=" + elliptic.certificate();
        String key = "tls.key=" + elliptic.privateKey();
        for (List<String> tooLittle : List.of(List.<String>of(), List.of(tokenFile), List.of(certificate, key))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> listening(host, tooLittle))
                    .withMessage("beyond loopback a server must have TLS and a token, host was " + host
                            + ": name freshet.control.tls.certificate, .tls.key and freshet.control.token-file, or listen"
                            + " on 127.0.0.1 and reach it by a tunnel (ssh -L) (freshet.control.host)");
        }
        assertThat(listening(host, List.of(tokenFile, certificate, key)).guard().token())
                .isPresent();
    }

    @Test
    void onLoopbackItNeedsNothingAndMayHaveBoth() throws Exception {
        assertThat(listening("127.0.0.1", List.of()).guard()).isEqualTo(new Guard(Optional.empty(), Optional.empty()));
        assertThat(listening("localhost", List.of("token-file=" + token(TOKEN)))
                        .guard()
                        .token())
                .isPresent();
    }

    @Test
    void aCertificateWithoutItsKeyIsRefusedAndSoIsAnAuthorityWithoutACertificate() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> listening("127.0.0.1", List.of("tls.certificate=x")))
                .withMessageStartingWith("a certificate and its key must be named together, one is missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> listening("127.0.0.1", List.of("tls.client-ca=x")))
                .withMessageStartingWith("only TLS can ask callers for a certificate");
    }

    @Test
    void aTokenMatchesItselfAndNothingElseAndIsNotPrinted() throws Exception {
        BearerToken token = BearerToken.read(token(TOKEN + "\n"));
        assertThat(token.matches("Bearer " + TOKEN)).isTrue();
        for (String wrong : new String[] {null, "", TOKEN, "Bearer ", "bearer " + TOKEN, "Bearer " + TOKEN + "0"}) {
            assertThat(token.matches(wrong)).as(wrong).isFalse();
        }
        assertThat(token.toString()).doesNotContain(TOKEN);
    }

    @Test
    void aTokenFileThatHoldsNoneOrIsOpenToEverybodyIsRefused() throws Exception {
        for (String text : List.of("", " \n", "short", "two words that are long enough", TOKEN + "\n" + TOKEN)) {
            Path file = token(text);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BearerToken.read(file))
                    .withMessageStartingWith(
                            file + " must hold a token of 16 to 4096 letters, digits and signs on one line")
                    .withMessageEndingWith("make one by openssl rand -hex 32");
        }
        Path open = token(TOKEN);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BearerToken.read(open))
                .withMessage(
                        open + " holds a token and must not be open to everybody, was rw-r--r--: chmod 600 " + open);
        Path missing = folder.resolve("missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BearerToken.read(missing))
                .withMessageStartingWith(missing + " must hold a token and be readable: ");
    }

    @Test
    void pemFilesThatAreNotWhatTheyShouldBeAreRefusedByName() throws Exception {
        Path text = TestCertificates.secret(folder.resolve("text"), "no PEM\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(text, elliptic.privateKey()))
                .withMessageStartingWith(text + " must hold certificates as PEM and be readable: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(elliptic.certificate(), text))
                .withMessageStartingWith(
                        text + " must hold a private key as PEM, PKCS #8 without a password: make it by");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(elliptic.certificate(), rsa.privateKey()))
                .withMessageStartingWith(
                        rsa.privateKey() + " must hold the private key of the certificate, does not: ");
        Path another = TestCertificates.make(folder, "another", "EC").privateKey();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(elliptic.certificate(), another))
                .withMessageEndingWith("it is that of another");
        assertThat(load(rsa.certificate(), rsa.privateKey()).context().getProtocol())
                .isEqualTo("TLS");
    }

    private static TlsKeys load(Path certificate, Path privateKey) {
        return TlsKeys.load(Optional.of(certificate), Optional.of(privateKey), Optional.empty());
    }

    private static Path token(String text) throws IOException {
        return TestCertificates.secret(Files.createTempFile(folder, "token", ""), text);
    }

    private static Listening listening(String host, List<String> settings) {
        List<String> all = new ArrayList<>(List.of("freshet.control.host=" + host));
        settings.forEach(setting -> all.add("freshet.control." + setting));
        return Listening.from(new SettingsLoader().defaults(all), "freshet.control");
    }
}
