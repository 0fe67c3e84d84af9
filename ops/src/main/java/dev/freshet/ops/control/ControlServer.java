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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Serves the control, health and reflection services on one loopback port until it is closed. */
public final class ControlServer implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;
    private static final int MAX_CALLS_PER_CONNECTION = 64;

    /** For commands that are being answered, and then for streams to end. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

    private static final Duration LAST_EVENTS = Duration.ofSeconds(1);

    /** A caller that has gone without a word is noticed, and its streams end. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /** How often a caller may ask whether this end is still there. */
    private static final Duration PERMITTED_QUESTIONS = Duration.ofSeconds(10);

    /** Kept here, since the JDK forgets the level of a logger that nobody holds. */
    private static final Logger TRANSPORT = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty");

    private final Server server;
    private final HealthStatusManager health;
    private final EventStreams events;
    private final CallLimit calls;
    private final InetSocketAddress address;

    private ControlServer(Server server, HealthStatusManager health, EventStreams events, CallLimit calls) {
        this.server = server;
        this.health = health;
        this.events = events;
        this.calls = calls;
        this.address = (InetSocketAddress) server.getListenSockets().get(0);
    }

    /**
     * @param divergences the specs that {@code list-divergences} shows
     * @throws BindException if the port is taken
     */
    public static ControlServer start(ControlSettings settings, RunControl run, List<String> divergences, RunView view)
            throws BindException {
        // It would print a stack trace for what a caller did wrong, and the caller is told.
        TRANSPORT.setLevel(Level.SEVERE);
        EventStreams events = new EventStreams(view);
        CallLimit calls = new CallLimit(settings.maxConcurrentCalls(), settings.maxStreams());
        HealthStatusManager health = new HealthStatusManager();
        Server server = NettyServerBuilder.forAddress(settings.address().socketAddress())
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .keepAliveTime(SILENCE.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveTime(PERMITTED_QUESTIONS.toSeconds(), TimeUnit.SECONDS)
                .addService(ServerInterceptors.intercept(
                        new ControlService(run, divergences, events, settings.callTimeout()),
                        calls,
                        // The last one is asked first, so that refusals by the others count.
                        new CallCounter(view.calls())))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build();
        try {
            server.start();
        } catch (IOException taken) {
            events.close();
            throw settings.address().refusal(taken);
        }
        health.setStatus(ControlGrpc.SERVICE_NAME, ServingStatus.SERVING);
        return new ControlServer(server, health, events, calls);
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return address;
    }

    /** Streams of events that a caller has open. */
    int openEventStreams() {
        return events.open();
    }

    /** Commands and streams under way. */
    int callsUnderWay() {
        return calls.underWay();
    }

    /** Takes no more calls, gives commands under way a few seconds and streams one, then cuts them off. */
    @Override
    public void close() {
        if (server.isShutdown()) {
            return;
        }
        health.enterTerminalState();
        server.shutdown();
        events.close();
        try {
            boolean unused = calls.awaitNoCommand(LAST_ANSWERS)
                    && server.awaitTermination(LAST_EVENTS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
    }
}
