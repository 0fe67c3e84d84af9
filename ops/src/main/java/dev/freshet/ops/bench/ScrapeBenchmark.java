package dev.freshet.ops.bench;

import dev.freshet.ops.bench.TrainProcess.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
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
                    40, // By when most of what a run does over and over has been compiled.
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
        Scraper scraper = new Scraper(process.metrics(settings.deadline()).toURL());
        while (steps(scraper.text()) < settings.firstStep()) {
            requireMoreTime(process, end);
            LockSupport.parkNanos(settings.pause().toNanos());
        }
        log.accept("  step " + settings.firstStep() + " is taken, scraping");
        double firstStep = steps(scraper.text());
        CpuTimes before = CpuTimes.now();
        List<Double> milliseconds = new ArrayList<>();
        int bytes = 0;
        while (milliseconds.size() < settings.scrapes()) {
            requireMoreTime(process, end);
            long start = System.nanoTime();
            bytes = scraper.compressed().length;
            milliseconds.add((System.nanoTime() - start) / NANOS_PER_MILLISECOND);
            LockSupport.parkNanos(settings.pause().toNanos());
        }
        double stolen = CpuTimes.now().stolenShareSince(before);
        String text = scraper.text();
        Map<String, Object> holdsFor = Map.of(
                "scrapes",
                settings.scrapes(),
                "steps_meanwhile",
                steps(text) - firstStep,
                "cpu_stolen_share",
                stolen,
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

    /** One thread and one connection, so that what is measured is the server and not a client that waits for its own threads. */
    private record Scraper(URL url) {
        private String text() throws IOException {
            return new String(body(url.openConnection()), StandardCharsets.UTF_8);
        }

        private byte[] compressed() throws IOException {
            URLConnection connection = url.openConnection();
            connection.setRequestProperty("Accept", "application/openmetrics-text; version=1.0.0");
            connection.setRequestProperty("Accept-Encoding", "gzip");
            return body(connection);
        }

        /** Read to its end, so that the next scrape has the same connection. */
        private static byte[] body(URLConnection connection) throws IOException {
            connection.setConnectTimeout((int) SCRAPE_DEADLINE.toMillis());
            connection.setReadTimeout((int) SCRAPE_DEADLINE.toMillis());
            try (InputStream body = connection.getInputStream()) {
                return body.readAllBytes();
            }
        }
    }
}
