package dev.freshet.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.listen.TestCertificates;
import dev.freshet.ops.listen.TlsKeys;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedMetricsTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path folder;

    @Test
    void beyondLoopbackAScrapeNeedsTlsAndTheToken() throws Exception {
        TestCertificates.Pair pair = TestCertificates.make(folder, "metrics", "EC");
        Path token = TestCertificates.secret(folder.resolve("token"), TOKEN);
        Listening listening = Listening.from(
                new SettingsLoader()
                        .defaults(List.of(
                                "freshet.metrics.host=0.0.0.0",
                                "freshet.metrics.port=0",
                                "freshet.metrics.token-file=" + token,
                                "freshet.metrics.tls.certificate=" + pair.certificate(),
                                "freshet.metrics.tls.key=" + pair.privateKey())),
                MetricsServer.KEY);
        SSLContext trusting = TlsKeys.load(Optional.empty(), Optional.empty(), Optional.of(pair.certificate()))
                .context();
        try (MetricsServer server = MetricsServer.start(listening, new PrometheusRegistry())) {
            assertThat(server.url()).startsWith("https:/").endsWith("/metrics");
            HttpClient http = HttpClient.newBuilder().sslContext(trusting).build();
            int port = server.address().getPort();
            assertThat(status(http, port, "https", "/metrics", "Bearer " + TOKEN))
                    .isEqualTo(200);
            assertThat(status(http, port, "https", "/metrics", "Bearer " + TOKEN + "x"))
                    .isEqualTo(401);
            assertThat(status(http, port, "https", "/", "Bearer " + TOKEN)).isEqualTo(404);
            assertThatThrownBy(() -> status(http, port, "http", "/metrics", "Bearer " + TOKEN))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> status(HttpClient.newHttpClient(), port, "https", "/metrics", "Bearer " + TOKEN))
                    .as("an authority that is not known")
                    .isInstanceOf(IOException.class);
        }
    }

    private static int status(HttpClient http, int port, String scheme, String path, String authorization)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + port + path))
                .header("Authorization", authorization)
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, BodyHandlers.ofString()).statusCode();
    }
}
