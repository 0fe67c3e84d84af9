package dev.freshet.ops.metrics;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.freshet.ops.listen.Guard;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.listen.TlsKeys;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;

/**
 * Serves a registry at {@code /metrics} of one port, and nothing else, until it is closed. Each connection that there may be has
 * a thread if it needs one, so that callers who send half a request and stall keep nobody waiting.
 */
public final class MetricsServer implements AutoCloseable {
    /** Path of the settings {@code host} and {@code port}. */
    public static final String KEY = "freshet.metrics";

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
        HttpBounds.set();
        HttpServer server;
        try {
            server = create(listening.address().socketAddress(), guard);
        } catch (IOException taken) {
            throw listening.address().refusal(taken);
        }
        // As many as connections have requests under way, of which HttpBounds allows so many.
        ExecutorService threads = Executors.newCachedThreadPool(MetricsServer::thread);
        server.setExecutor(threads);
        server.createContext("/", new ScrapeHandler(guard.token(), registry));
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
        return scheme + ":/" + server.getAddress() + ScrapeHandler.PATH;
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

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "metrics-server");
        thread.setDaemon(true);
        return thread;
    }
}
