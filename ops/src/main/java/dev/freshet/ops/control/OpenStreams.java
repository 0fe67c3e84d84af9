package dev.freshet.ops.control;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends, when the server closes, the streams of services that never end one by themselves, such as Health.Watch. */
final class OpenStreams implements ServerInterceptor {
    private final Set<Stream<?, ?>> open = ConcurrentHashMap.newKeySet();

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
            return next.startCall(call, headers);
        }
        Stream<Q, R> stream = new Stream<>(call);
        open.add(stream);
        return new Forgetting<>(next.startCall(stream, headers), () -> open.remove(stream));
    }

    void end() {
        Status ending = Status.UNAVAILABLE.withDescription("the run's process is ending");
        open.forEach(stream -> stream.close(ending, new Metadata()));
    }

    /** Ends once, whoever ends it first; what its service still sends then is left out. */
    private static final class Stream<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private boolean ended;

        Stream(ServerCall<Q, R> delegate) {
            super(delegate);
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!ended) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(R message) {
            if (!ended) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!ended) {
                ended = true;
                super.close(status, trailers);
            }
        }
    }

    private static final class Forgetting<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Runnable forget;

        Forgetting(ServerCall.Listener<Q> delegate, Runnable forget) {
            super(delegate);
            this.forget = forget;
        }

        @Override
        public void onComplete() {
            forget.run();
            super.onComplete();
        }

        @Override
        public void onCancel() {
            forget.run();
            super.onCancel();
        }
    }
}
