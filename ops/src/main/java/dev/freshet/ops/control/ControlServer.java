package dev.freshet.ops.control;

import dev.freshet.actors.RunControl;
import dev.freshet.proto.v1.ControlGrpc;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Serves the control, health and reflection services on one loopback port until it is closed. */
public final class ControlServer implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;
    private static final int MAX_CALLS_PER_CONNECTION = 64;
    private static final long CLOSE_SECONDS = 5;

    /** Kept here, since the JDK forgets the level of a logger that nobody holds. */
    private static final Logger TRANSPORT = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty");

    private final Server server;
    private final HealthStatusManager health;
    private final InetSocketAddress address;

    private ControlServer(Server server, HealthStatusManager health) {
        this.server = server;
        this.health = health;
        this.address = (InetSocketAddress) server.getListenSockets().get(0);
    }

    /**
     * @param divergences the specs that {@code list-divergences} shows
     * @throws BindException if the port is taken
     */
    public static ControlServer start(ControlSettings settings, RunControl run, List<String> divergences)
            throws BindException {
        // It would print a stack trace for what a caller did wrong, and the caller is told.
        TRANSPORT.setLevel(Level.SEVERE);
        HealthStatusManager health = new HealthStatusManager();
        Server server = NettyServerBuilder.forAddress(settings.address().socketAddress())
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .addService(ServerInterceptors.intercept(
                        new ControlService(run, divergences, settings.callTimeout()),
                        new CallLimit(settings.maxConcurrentCalls())))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build();
        try {
            server.start();
        } catch (IOException taken) {
            throw settings.address().refusal(taken);
        }
        health.setStatus(ControlGrpc.SERVICE_NAME, ServingStatus.SERVING);
        return new ControlServer(server, health);
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return address;
    }

    /** Takes no more calls, gives those under way a few seconds, then cuts them off. */
    @Override
    public void close() {
        if (server.isShutdown()) {
            return;
        }
        health.enterTerminalState();
        server.shutdown();
        try {
            if (server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
    }
}
