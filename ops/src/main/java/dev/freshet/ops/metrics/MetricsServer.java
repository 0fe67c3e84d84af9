package dev.freshet.ops.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.freshet.ops.listen.BearerToken;
import dev.freshet.ops.listen.Guard;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.listen.TlsKeys;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;

/** Serves a registry at {@code /metrics} of one port, and nothing else, until it is closed. */
public final class MetricsServer implements AutoCloseable {
    /** Path of the settings {@code host} and {@code port}. */
    public static final String KEY = "freshet.metrics";

    private static final String PATH = "/metrics";
    private static final int SCRAPES_AT_ONE_TIME = 2;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int NO_BODY = -1;

    private final HttpServer server;
    private final ExecutorService threads;

    private MetricsServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * @throws BindException if the port is taken
     * @throws IllegalArgumentException if token or TLS files are not what they should be
     */
    public static MetricsServer start(Listening listening, PrometheusRegistry registry) throws BindException {
        Guard guard = listening.guard();
        HttpServer server;
        try {
            server = create(listening.address().socketAddress(), guard);
        } catch (IOException taken) {
            throw listening.address().refusal(taken);
        }
        ExecutorService threads = Executors.newFixedThreadPool(SCRAPES_AT_ONE_TIME, MetricsServer::thread);
        MetricsHandler metrics = new MetricsHandler(registry);
        server.setExecutor(threads);
        server.createContext("/", exchange -> serve(exchange, guard.token(), metrics));
        server.start();
        return new MetricsServer(server, threads);
    }

    private static HttpServer create(InetSocketAddress address, Guard guard) throws IOException {
        if (guard.tls().isEmpty()) {
            return HttpServer.create(address, 0);
        }
        TlsKeys keys = guard.tls().get();
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(keys.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(keys.authority().isPresent());
                parameters.setSSLParameters(wanted);
            }
        });
        return server;
    }

    /** As a user writes it, with the real port. */
    public String url() {
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return scheme + ":/" + server.getAddress() + PATH;
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
    private static void serve(HttpExchange exchange, Optional<BearerToken> token, MetricsHandler metrics)
            throws IOException {
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        if (token.isPresent() && !token.get().matches(shown)) {
            refuse(exchange, UNAUTHORIZED);
            return;
        }
        if (exchange.getRequestURI().getPath().equals(PATH)) {
            metrics.handle(exchange);
            return;
        }
        refuse(exchange, NOT_FOUND);
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, NO_BODY);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "metrics-server");
        thread.setDaemon(true);
        return thread;
    }
}
