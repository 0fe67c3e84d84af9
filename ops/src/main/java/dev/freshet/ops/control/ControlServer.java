package dev.freshet.ops.control;

import dev.freshet.actors.RunControl;
import dev.freshet.ops.listen.Guard;
import dev.freshet.ops.listen.TlsKeys;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/** Serves the control, health and reflection services on one port until it is closed. */
public final class ControlServer implements AutoCloseable {
    /** For commands that are being answered, and then for streams to end. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

    private static final Duration LAST_EVENTS = Duration.ofSeconds(1);

    /** A caller that has gone without a word is noticed, and its streams end. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /** How often a caller may ask whether this end is still there. */
    private static final Duration PERMITTED_QUESTIONS = Duration.ofSeconds(10);

    /** A connection that nobody calls on is closed; a later call opens another. */
    private static final Duration IDLE_CONNECTION = Duration.ofMinutes(10);

    /** From connecting to having said hello, by TLS and HTTP/2. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(20);

    private static final int MAX_HEADER_BYTES = 8 * 1024;

    private static final int THREADS = 2;

    /** Kept here, since the JDK forgets the level of a logger that nobody holds. */
    private static final Logger TRANSPORT = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty");

    private final Server server;
    private final EventLoopGroup threads;
    private final Parts parts;
    private final InetSocketAddress address;

    private ControlServer(Server server, EventLoopGroup threads, Parts parts) {
        this.server = server;
        this.threads = threads;
        this.parts = parts;
        this.address = (InetSocketAddress) server.getListenSockets().get(0);
    }

    /** What is closed together with the server. */
    private record Parts(
            HealthStatusManager health,
            HealthWatch healthWatch,
            EventStreams events,
            OpenStreams endless,
            CallGuard calls) {
        static Parts of(ControlSettings settings, Guard guard, RunView view) {
            HealthStatusManager health = new HealthStatusManager();
            return new Parts(
                    health,
                    new HealthWatch(view, health, settings.quietLimit(), System::nanoTime),
                    new EventStreams(view),
                    new OpenStreams(),
                    new CallGuard(guard.token(), settings.bounds(), System::nanoTime));
        }
    }

    /**
     * @param divergences the specs that {@code list-divergences} shows
     * @throws BindException if the port is taken
     * @throws IllegalArgumentException if token or TLS files are not what they should be
     */
    public static ControlServer start(ControlSettings settings, RunControl run, List<String> divergences, RunView view)
            throws BindException {
        // It would print a stack trace for what a caller did wrong, and the caller is told.
        TRANSPORT.setLevel(Level.SEVERE);
        Guard guard = settings.listening().guard();
        Parts parts = Parts.of(settings, guard, view);
        ControlService control = new ControlService(
                run,
                divergences,
                parts.events(),
                new PolicyCalls(view, settings.callTimeout(), settings.evaluateTimeout()),
                settings.callTimeout());
        CallBounds bounds = settings.bounds();
        ServerInterceptor commands = parts.calls().forCommands();
        EventLoopGroup threads = new MultiThreadIoEventLoopGroup(
                THREADS, new DefaultThreadFactory("control-server", true), NioIoHandler.newFactory());
        Server server = NettyServerBuilder.forAddress(
                        settings.listening().address().socketAddress(), credentials(guard))
                .channelFactory(new ConnectionLimit(bounds.maxConnections(), view.calls()))
                .bossEventLoopGroup(threads)
                .workerEventLoopGroup(threads)
                .handshakeTimeout(HANDSHAKE.toSeconds(), TimeUnit.SECONDS)
                .maxInboundMessageSize(bounds.maxMessageBytes())
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .maxConcurrentCallsPerConnection(bounds.maxCallsPerConnection())
                .addStreamTracerFactory(new CallCounter(view.calls()))
                .maxConnectionIdle(IDLE_CONNECTION.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTime(SILENCE.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveTime(PERMITTED_QUESTIONS.toSeconds(), TimeUnit.SECONDS)
                .addService(guarded(control, commands))
                .addService(guarded(
                        parts.health().getHealthService(),
                        parts.endless(),
                        parts.calls().forHealth()))
                .addService(guarded(ProtoReflectionServiceV1.newInstance(), parts.endless(), commands))
                .addService(guarded(olderReflection(), parts.endless(), commands))
                .fallbackHandlerRegistry(new UnknownMethods(commands))
                .build();
        try {
            server.start();
        } catch (IOException taken) {
            parts.events().close();
            parts.healthWatch().close();
            end(threads);
            throw settings.listening().address().refusal(taken);
        }
        parts.healthWatch().start();
        return new ControlServer(server, threads, parts);
    }

    /** Under its older name, which is the only one that clients in Python ask for. */
    @SuppressWarnings("deprecation")
    private static BindableService olderReflection() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }

    /** A call meets the last interceptor first. */
    private static ServerServiceDefinition guarded(BindableService service, ServerInterceptor... interceptors) {
        return UnreadableMessages.refusedBy(ServerInterceptors.intercept(service, interceptors));
    }

    private static ServerCredentials credentials(Guard guard) {
        if (guard.tls().isEmpty()) {
            return InsecureServerCredentials.create();
        }
        TlsKeys keys = guard.tls().get();
        TlsServerCredentials.Builder tls = TlsServerCredentials.newBuilder()
                .keyManager(keys.identity().orElseThrow().toArray(KeyManager[]::new));
        keys.authority()
                .ifPresent(clients ->
                        tls.trustManager(clients.toArray(TrustManager[]::new)).clientAuth(ClientAuth.REQUIRE));
        return tls.build();
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return address;
    }

    /** Streams of events that a caller has open. */
    int openEventStreams() {
        return parts.events().open();
    }

    /** Commands and streams under way. */
    int callsUnderWay() {
        return parts.calls().commandsUnderWay().underWay();
    }

    /** Takes no more calls, gives commands under way a few seconds and streams one, then cuts them off. */
    @Override
    public void close() {
        if (server.isShutdown()) {
            return;
        }
        parts.healthWatch().close();
        parts.health().enterTerminalState();
        server.shutdown();
        parts.endless().end();
        parts.events().close();
        try {
            boolean unused = parts.calls().commandsUnderWay().awaitNoCommand(LAST_ANSWERS)
                    && server.awaitTermination(LAST_EVENTS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
        end(threads);
    }

    /** Nobody waits for it: the threads are daemons. */
    private static void end(EventLoopGroup threads) {
        Future<?> unused = threads.shutdownGracefully(0, LAST_EVENTS.toMillis(), TimeUnit.MILLISECONDS);
    }
}
