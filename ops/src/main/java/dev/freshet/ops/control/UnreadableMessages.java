package dev.freshet.ops.control;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Refuses a message that is none of its type as the caller's mistake. By itself gRPC would say that the service is broken, and
 * log a stack trace for each.
 */
final class UnreadableMessages implements ServerInterceptor {
    private static final Status REFUSAL = Status.INVALID_ARGUMENT.withDescription(
            "the message is none of this method's type, as control.proto describes it; see that both speak the same version");

    private UnreadableMessages() {}

    /** The service, taking messages as bytes, so that they are read where a refusal is possible. */
    static ServerServiceDefinition refusedBy(ServerServiceDefinition service) {
        return ServerInterceptors.intercept(
                ServerInterceptors.useInputStreamMessages(service), new UnreadableMessages());
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Closable<Q, R> closable = new Closable<>(call);
        return new Reading<>(next.startCall(closable, headers), closable);
    }

    private static final class Closable<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private volatile boolean closed;

        Closable(ServerCall<Q, R> delegate) {
            super(delegate);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            closed = true;
            super.close(status, trailers);
        }
    }

    /** What comes after such a message is not told to the service. */
    private static final class Reading<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Closable<Q, ?> call;
        private boolean refused;

        Reading(ServerCall.Listener<Q> delegate, Closable<Q, ?> call) {
            super(delegate);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (refused) {
                return;
            }
            try {
                super.onMessage(message);
            } catch (StatusRuntimeException unreadable) {
                refused = true;
                if (!call.closed) {
                    call.close(REFUSAL, new Metadata());
                }
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}
