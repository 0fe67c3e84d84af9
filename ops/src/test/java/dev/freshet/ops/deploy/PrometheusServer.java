package dev.freshet.ops.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The real Prometheus, a process of its own, and its HTTP API. */
final class PrometheusServer implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long LOOK_AGAIN_MILLIS = 200;

    /** What a test waits for. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private final Process process;
    private final int port;
    private final Path printed;
    private final HttpClient client = HttpClient.newHttpClient();

    private PrometheusServer(Process process, int port, Path printed) {
        this.process = process;
        this.port = port;
        this.printed = printed;
    }

    /** @param directory for its data and for what it prints */
    static PrometheusServer start(Tool prometheus, Path configuration, Path directory) throws IOException {
        int port = freePort();
        Path printed = directory.resolve("prometheus.txt");
        Process process = new ProcessBuilder(prometheus.command(
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        return new PrometheusServer(process, port, printed);
    }

    /** Waits until it holds, or fails with what the server has printed. */
    void await(String what, Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            if (process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
                throw new AssertionError("Prometheus ended or took too long before " + what + "; it printed:\n"
                        + Files.readString(printed));
            }
        }
    }

    /** The result of an instant query; empty while the server does not listen yet. */
    JsonNode query(String promql) throws IOException, InterruptedException {
        return get("query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8))
                .path("data")
                .path("result");
    }

    JsonNode rules() throws IOException, InterruptedException {
        return get("rules").path("data").path("groups");
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
                .timeout(DEADLINE)
                .build();
        JsonMapper mapper = new JsonMapper();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return response.statusCode() == 200 ? mapper.readTree(response.body()) : mapper.createObjectNode();
        } catch (ConnectException notYet) {
            return mapper.createObjectNode();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }
}
