package dev.freshet.ops.control;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends a call whose one request has not come whole in time: it would keep its place from others for as long as its caller's connection
 * lives, and no deadline of an answer has begun yet.
 */
record RequestDeadline(Duration longest) implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        ServerCall.Listener<Q> listener = next.startCall(call, headers);
        if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            return listener;
        }
        CompletableFuture<Void> whole = new CompletableFuture<>();
        var unused = whole.orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS).whenComplete((came, late) -> {
            if (late instanceof TimeoutException) {
                call.close(
                        Status.DEADLINE_EXCEEDED.withDescription("the request must come whole within " + longest
                                + ", did not; send it with the call (" + ControlSettings.KEY + ".request-timeout)"),
                        new Metadata());
            }
        });
        return new Awaiting<>(listener, whole);
    }

    /** Whoever completes the future first, the caller or the clock, is the one that goes on with the call. */
    private static final class Awaiting<Q> extends SimpleForwardingServerCallListener<Q> {
        private final CompletableFuture<Void> whole;

        Awaiting(ServerCall.Listener<Q> listener, CompletableFuture<Void> whole) {
            super(listener);
            this.whole = whole;
        }

        @Override
        @SuppressWarnings("NullAway") // Void has no other value.
        public void onHalfClose() {
            if (whole.complete(null)) {
                super.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            whole.cancel(false);
            super.onCancel();
        }
    }
}
