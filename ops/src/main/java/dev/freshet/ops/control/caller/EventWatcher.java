package dev.freshet.ops.control.caller;

import dev.freshet.ops.control.Endpoint;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.WatchEventsRequest;
import dev.freshet.proto.v1.WatchEventsResponse;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches a run's events from the first one on, breaks off now and then, and goes on behind the last one that it saw: not one may
 * be missing, and none come twice. Safe for threads.
 */
public final class EventWatcher implements AutoCloseable {
    private final ManagedChannel channel;
    private final int breakOffAfter;
    private final List<String> failures = new ArrayList<>();
    private @Nullable CancellableContext watching;
    private long next = 1;
    private long connections;
    private long current;
    private int seen;
    private boolean closed;

    /** @param breakOffAfter so many events */
    public EventWatcher(Endpoint endpoint, int breakOffAfter) {
        this.channel = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .usePlaintext()
                .proxyDetector(target -> null)
                .build();
        this.breakOffAfter = breakOffAfter;
        connect();
    }

    /** Events that came. */
    public synchronized long events() {
        return next - 1;
    }

    public synchronized long connections() {
        return connections;
    }

    /** What was not as it should be. */
    public synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    /** Watches no longer; a stream that ends from now on is no failure. */
    @Override
    public void close() {
        disconnect().ifPresent(context -> context.cancel(null));
        channel.shutdownNow();
    }

    private synchronized Optional<CancellableContext> disconnect() {
        closed = true;
        return Optional.ofNullable(watching);
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        connections++;
        seen = 0;
        CancellableContext context = Context.ROOT.withCancellation();
        watching = context;
        current = connections;
        long connection = current;
        context.run(() -> ControlGrpc.newStub(channel)
                .watchEvents(
                        WatchEventsRequest.newBuilder().setFromSequence(next).build(), new Events(connection)));
    }

    /** Answers the connection to break off, if it is time. */
    private synchronized Optional<CancellableContext> take(long connection, long sequence) {
        if (connection != current) {
            return Optional.empty(); // Of a connection that was broken off.
        }
        if (sequence != next) {
            failures.add("event " + sequence + " came in place of " + next);
        }
        next = sequence + 1;
        seen++;
        if (seen < breakOffAfter) {
            return Optional.empty();
        }
        current = 0;
        return Optional.ofNullable(watching);
    }

    private synchronized void failed(long connection, String why) {
        if (connection == current && !closed) {
            failures.add("the stream of events " + why + " before event " + next);
        }
    }

    private final class Events implements StreamObserver<WatchEventsResponse> {
        private final long connection;

        private Events(long connection) {
            this.connection = connection;
        }

        @Override
        public void onNext(WatchEventsResponse event) {
            take(connection, event.getSequence()).ifPresent(context -> {
                context.cancel(null);
                connect();
            });
        }

        @Override
        public void onError(Throwable failure) {
            failed(connection, "failed with " + Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            failed(connection, "ended");
        }
    }
}
