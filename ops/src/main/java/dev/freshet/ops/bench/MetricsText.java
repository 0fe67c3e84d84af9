package dev.freshet.ops.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;

/** The metrics of a run, line by line. */
final class MetricsText {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request;

    MetricsText(URI metrics) {
        this.request = HttpRequest.newBuilder(metrics).timeout(DEADLINE).build();
    }

    /** None of a run that has ended. */
    Stream<String> scrape() throws InterruptedException {
        try {
            return client.send(request, BodyHandlers.ofString()).body().lines();
        } catch (IOException ended) {
            return Stream.of();
        }
    }
}
