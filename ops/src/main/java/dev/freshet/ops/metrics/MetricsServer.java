package dev.freshet.ops.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.freshet.ops.listen.ListenAddress;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves a registry at {@code /metrics} of one loopback port, and nothing else, until it is closed. */
public final class MetricsServer implements AutoCloseable {
    /** Path of the settings {@code host} and {@code port}. */
    public static final String KEY = "freshet.metrics";

    private static final String PATH = "/metrics";
    private static final int SCRAPES_AT_ONE_TIME = 2;
    private static final int NOT_FOUND = 404;
    private static final int NO_BODY = -1;

    private final HttpServer server;
    private final ExecutorService threads;

    private MetricsServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** @throws BindException if the port is taken */
    public static MetricsServer start(ListenAddress address, PrometheusRegistry registry) throws BindException {
        HttpServer server;
        try {
            server = HttpServer.create(address.socketAddress(), 0);
        } catch (IOException taken) {
            throw address.refusal(taken);
        }
        ExecutorService threads = Executors.newFixedThreadPool(SCRAPES_AT_ONE_TIME, MetricsServer::thread);
        MetricsHandler metrics = new MetricsHandler(registry);
        server.setExecutor(threads);
        server.createContext("/", exchange -> serve(exchange, metrics));
        server.start();
        return new MetricsServer(server, threads);
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** The JDK's server would hand {@code /metricsandmore} to a context of {@code /metrics}. */
    private static void serve(HttpExchange exchange, MetricsHandler metrics) throws IOException {
        if (exchange.getRequestURI().getPath().equals(PATH)) {
            metrics.handle(exchange);
            return;
        }
        try (exchange) {
            exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "metrics-server");
        thread.setDaemon(true);
        return thread;
    }
}
