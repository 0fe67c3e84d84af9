package dev.freshet.ops.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.freshet.ops.listen.BearerToken;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Answers {@code /metrics} to who shows the token, a few at a time, and nothing else. */
final class ScrapeHandler implements HttpHandler {
    static final String PATH = "/metrics";

    private static final int SCRAPES_AT_ONE_TIME = 2;
    private static final Duration WAIT_FOR_ANOTHER_SCRAPE = Duration.ofSeconds(5);
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;
    private static final int NO_BODY = -1;

    private final Optional<BearerToken> token;
    private final MetricsHandler metrics;
    private final Semaphore places = new Semaphore(SCRAPES_AT_ONE_TIME);

    ScrapeHandler(Optional<BearerToken> token, PrometheusRegistry registry) {
        this.token = token;
        this.metrics = new MetricsHandler(registry);
    }

    /** The JDK's server would hand {@code /metricsandmore} to a context of {@code /metrics}. */
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        if (token.isPresent() && !token.get().matches(shown)) {
            refuse(exchange, UNAUTHORIZED);
            return;
        }
        if (!exchange.getRequestURI().getPath().equals(PATH)) {
            refuse(exchange, NOT_FOUND);
            return;
        }
        if (!getsAPlace()) {
            refuse(exchange, UNAVAILABLE);
            return;
        }
        try {
            metrics.handle(exchange);
        } finally {
            places.release();
        }
    }

    private boolean getsAPlace() {
        try {
            return places.tryAcquire(WAIT_FOR_ANOTHER_SCRAPE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, NO_BODY);
        }
    }
}
