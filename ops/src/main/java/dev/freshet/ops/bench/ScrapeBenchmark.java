package dev.freshet.ops.bench;

import dev.freshet.ops.bench.TrainProcess.Launch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a scrape of {@code /metrics} takes while {@code ./freshet train} trains beside it, as Prometheus scrapes: over one
 * connection, compressed, and from the request to the last byte.
 */
record ScrapeBenchmark(Settings settings) implements Benchmark {
    /**
     * @param overrides of the quickstart's settings
     * @param firstStep the training step from which on scrapes count
     * @param scrapes that count
     * @param pause between the end of a scrape and the next
     * @param deadline of the whole
     * @param mostMilliseconds that a scrape may take at the 99th percentile
     */
    record Settings(
            List<String> overrides,
            int firstStep,
            int scrapes,
            Duration pause,
            Duration deadline,
            double mostMilliseconds) {
        static Settings full() {
            return new Settings(
                    List.of("freshet.warm-up.steps=200", "freshet.train.steps=100000"),
                    5,
                    600,
                    Duration.ofMillis(100),
                    Duration.ofMinutes(10),
                    50);
        }
    }

    private static final Pattern STEPS = Pattern.compile("(?m)^freshet_train_steps_total (\\S+)$");
    private static final double NANOS_PER_MILLISECOND = 1e6;
    private static final Duration SCRAPE_DEADLINE = Duration.ofSeconds(10);

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Path directory = Files.createTempDirectory("freshet-scrape");
        Launch launch = Launch.fresh(
                directory.resolve("run"),
                directory.resolve("output"),
                settings.overrides().toArray(String[]::new));
        try (TrainProcess process = TrainProcess.start(launch)) {
            return scraped(process, log);
        } finally {
            DiscardedRun.delete(directory);
        }
    }

    private List<Result> scraped(TrainProcess process, Consumer<String> log) throws Exception {
        long end = System.nanoTime() + settings.deadline().toNanos();
        Scraper scraper = new Scraper(process.metrics(settings.deadline()));
        while (steps(scraper.text()) < settings.firstStep()) {
            requireMoreTime(process, end);
            LockSupport.parkNanos(settings.pause().toNanos());
        }
        log.accept("  step " + settings.firstStep() + " is taken, scraping");
        double firstStep = steps(scraper.text());
        List<Double> milliseconds = new ArrayList<>();
        int bytes = 0;
        while (milliseconds.size() < settings.scrapes()) {
            requireMoreTime(process, end);
            long start = System.nanoTime();
            bytes = scraper.compressed().length;
            milliseconds.add((System.nanoTime() - start) / NANOS_PER_MILLISECOND);
            LockSupport.parkNanos(settings.pause().toNanos());
        }
        String text = scraper.text();
        Map<String, Object> holdsFor = Map.of(
                "scrapes",
                settings.scrapes(),
                "steps_meanwhile",
                steps(text) - firstStep,
                "lines",
                text.lines().count(),
                "compressed_bytes",
                bytes);
        Series series = new Series(milliseconds);
        return List.of(
                new Result("scrape_p50", series.quantile(0.5), "ms", holdsFor),
                new Result("scrape_p90", series.quantile(0.9), "ms", holdsFor),
                new Result("scrape_p99", series.quantile(0.99), "ms", holdsFor).atMost(settings.mostMilliseconds()),
                new Result("scrape_max", series.max(), "ms", holdsFor));
    }

    private void requireMoreTime(TrainProcess process, long end) throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the run ended before it had been scraped often enough: " + process.lastLine());
        }
        if (System.nanoTime() > end) {
            throw new IOException(
                    "the run took more than " + settings.deadline() + "; it said last: " + process.lastLine());
        }
    }

    private static double steps(String scrape) {
        Matcher matcher = STEPS.matcher(scrape);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }

    private static final class Scraper {
        private final HttpClient client = HttpClient.newHttpClient();
        private final URI uri;

        private Scraper(URI uri) {
            this.uri = uri;
        }

        private String text() throws IOException, InterruptedException {
            return client.send(request().build(), BodyHandlers.ofString()).body();
        }

        private byte[] compressed() throws IOException, InterruptedException {
            HttpResponse<byte[]> response = client.send(
                    request()
                            .header("Accept", "application/openmetrics-text; version=1.0.0")
                            .header("Accept-Encoding", "gzip")
                            .build(),
                    BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException("a scrape must be answered with 200, was with " + response.statusCode());
            }
            return response.body();
        }

        private HttpRequest.Builder request() {
            return HttpRequest.newBuilder(uri).timeout(SCRAPE_DEADLINE);
        }
    }
}
