package dev.freshet.ops.control;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Tells of each call once, when it has ended: with its answer, with a refusal, or cut off by its caller. */
final class CallCounter implements ServerInterceptor {
    private static final String WORD_BEGINS = "(?<=[a-z])(?=[A-Z])";

    private final CallListener listener;

    CallCounter(CallListener listener) {
        this.listener = listener;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Counted counted =
                new Counted(listener, command(call.getMethodDescriptor().getBareMethodName()));
        return new Listening<>(next.startCall(new Answering<>(call, counted), headers), counted);
    }

    private static String command(@Nullable String method) {
        return method == null
                ? "unknown"
                : String.join("_", method.split(WORD_BEGINS, -1)).toLowerCase(Locale.ROOT);
    }

    private static final class Counted {
        private final CallListener listener;
        private final String command;
        private final AtomicBoolean told = new AtomicBoolean();

        private Counted(CallListener listener, String command) {
            this.listener = listener;
            this.command = command;
        }

        private void ended(Status status) {
            if (told.compareAndSet(false, true)) {
                listener.ended(command, status.getCode().name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static final class Answering<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final Counted counted;

        private Answering(ServerCall<Q, R> delegate, Counted counted) {
            super(delegate);
            this.counted = counted;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            counted.ended(status);
            super.close(status, trailers);
        }
    }

    /** A caller that leaves, and a message that is none, end a call without closing it. */
    private static final class Listening<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Counted counted;

        private Listening(ServerCall.Listener<Q> delegate, Counted counted) {
            super(delegate);
            this.counted = counted;
        }

        @Override
        public void onCancel() {
            counted.ended(Status.CANCELLED);
            super.onCancel();
        }
    }
}
