package dev.freshet.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.listen.Listening;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Callers who send the beginning of a request and then nothing. */
class StalledScrapesTest {
    private static final int BY_FAR_LONGER_THAN_A_REQUEST = 30_000;
    private static final String HALF_A_REQUEST = "GET /metrics HTTP/1.1\r\nHost: local";

    @Test
    void scrapesAreAnsweredWhileOthersStallWhoAreCutOff() throws Exception {
        Process process = start();
        HttpClient scraper = HttpClient.newHttpClient();
        try (BufferedReader lines = process.inputReader()) {
            int port = Integer.parseInt(lines.readLine());
            List<Socket> stalled = stall(port, HttpBounds.CONNECTIONS - 1);
            assertThat(scrape(scraper, port)).isEqualTo(200);
            try (Socket tooMany = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(isCutOff(tooMany))
                        .as("the scraper keeps the last connection there is")
                        .isTrue();
            }
            for (Socket socket : stalled) {
                assertThat(isCutOff(socket)).isTrue();
            }
            assertThat(scrape(HttpClient.newHttpClient(), port))
                    .as("a newcomer")
                    .isEqualTo(200);
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<Socket> stall(int port, int connections) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.getOutputStream().write(HALF_A_REQUEST.getBytes(StandardCharsets.US_ASCII));
            sockets.add(socket);
        }
        return sockets;
    }

    private static boolean isCutOff(Socket socket) throws IOException {
        socket.setSoTimeout(BY_FAR_LONGER_THAN_A_REQUEST);
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketTimeoutException stillThere) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static int scrape(HttpClient scraper, int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(Duration.ofMillis(BY_FAR_LONGER_THAN_A_REQUEST))
                .build();
        return scraper.send(request, BodyHandlers.ofString()).statusCode();
    }

    /** The JDK reads the bounds once in a process: in that of the tests they may be read already. */
    private static Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Served.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A program that serves metrics, and prints where. */
    static final class Served {
        private Served() {}

        public static void main(String[] arguments) throws Exception {
            Listening listening =
                    Listening.from(new SettingsLoader().defaults(List.of("freshet.metrics.port=0")), MetricsServer.KEY);
            try (MetricsServer server = MetricsServer.start(listening, new PrometheusRegistry())) {
                System.out.println(server.address().getPort());
                boolean unused = new CountDownLatch(1).await(5, TimeUnit.MINUTES);
            }
        }
    }
}
