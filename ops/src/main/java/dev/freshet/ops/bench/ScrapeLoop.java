package dev.freshet.ops.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Scrapes a run's metrics as Prometheus does. Safe for threads. */
final class ScrapeLoop {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request;
    private final Latencies latencies = new Latencies();
    private final List<String> failures = new ArrayList<>();

    ScrapeLoop(URI metrics) {
        this.request = HttpRequest.newBuilder(metrics).timeout(DEADLINE).build();
    }

    /** Waits for the answer; what goes wrong is kept. */
    void scrape() {
        long start = System.nanoTime();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            latencies.add(Duration.ofNanos(System.nanoTime() - start));
            if (response.statusCode() != 200 || !response.body().contains("\nfreshet_")) {
                failed("answered " + response.statusCode() + " and "
                        + response.body().length() + " characters");
            }
        } catch (IOException failure) {
            failed("failed: " + failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    Latencies latencies() {
        return latencies;
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    private synchronized void failed(String why) {
        failures.add("scrape " + (latencies.count() + failures.size()) + " " + why);
    }
}
