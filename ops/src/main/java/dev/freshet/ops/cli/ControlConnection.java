package dev.freshet.ops.cli;

import dev.freshet.ops.control.ClientSecurity;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.Endpoint;
import dev.freshet.ops.listen.BearerToken;
import dev.freshet.ops.listen.TlsKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Where the commands of {@code freshet ctl} find the run's control service, and how they show who they are. */
final class ControlConnection {
    private static final Duration MAX_TIMEOUT = Duration.ofDays(100);

    @Option(
            names = "--endpoint",
            scope = ScopeType.INHERIT,
            defaultValue = "127.0.0.1:7070",
            paramLabel = "HOST:PORT",
            description = "The run's control service. Default: ${DEFAULT-VALUE}.")
    private String endpoint;

    @Option(
            names = "--token-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Holds the token that the service asks for.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--tls-ca",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Speak TLS, with a server whose certificate an authority in this PEM file has signed.")
    private @Nullable Path tlsAuthority;

    @Option(
            names = "--tls-cert",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Certificate to show to a server that asks for one, PEM.")
    private @Nullable Path tlsCertificate;

    @Option(
            names = "--tls-key",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "The certificate's private key, PEM, PKCS #8.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            description =
                    "Give up waiting for an answer; of events nothing is given up. Default: wait for as long as the"
                            + " service lets the command take.")
    private @Nullable Long timeout;

    <R> R call(Function<ControlClient, R> command) {
        try (ControlClient client = new ControlClient(Endpoint.parse(endpoint), security(), patience())) {
            return command.apply(client);
        }
    }

    private Optional<Duration> patience() {
        if (timeout != null && (timeout < 1 || timeout > MAX_TIMEOUT.toSeconds())) {
            throw new IllegalArgumentException(
                    "timeout must be 1 to " + MAX_TIMEOUT.toSeconds() + " s, was " + timeout + " (--timeout)");
        }
        return Optional.ofNullable(timeout).map(Duration::ofSeconds);
    }

    private ClientSecurity security() {
        Optional<Path> certificate = Optional.ofNullable(tlsCertificate);
        Optional<Path> key = Optional.ofNullable(tlsKey);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "a certificate and its key must be named together, one is missing (--tls-cert, --tls-key)");
        }
        if (certificate.isPresent() && tlsAuthority == null) {
            throw new IllegalArgumentException("a certificate is shown in TLS only, which needs the authority of the"
                    + " server's own certificate: name its file (--tls-ca)");
        }
        if (tokenFile != null && tlsAuthority == null && !isLoopback()) {
            throw new IllegalArgumentException("the token would go to " + endpoint
                    + " unencrypted: name the authority of the server's certificate (--tls-ca), or use a tunnel");
        }
        return new ClientSecurity(
                Optional.ofNullable(tokenFile).map(BearerToken::read),
                Optional.ofNullable(tlsAuthority).map(trusted -> TlsKeys.load(certificate, key, Optional.of(trusted))));
    }

    /** By digits or {@code localhost}; no name is looked up. */
    private boolean isLoopback() {
        String host = Endpoint.parse(endpoint).host();
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }
}
