package dev.freshet.ops.control;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Refuses a call that comes while as many as are allowed are under way, over all connections. */
final class CallLimit implements ServerInterceptor {
    private final int limit;
    private final Semaphore free;

    CallLimit(int limit) {
        this.limit = limit;
        this.free = new Semaphore(limit);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!free.tryAcquire()) {
            call.close(
                    Status.RESOURCE_EXHAUSTED.withDescription("at most " + limit
                            + " control calls may be under way; try again (freshet.control.max-concurrent-calls)"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return new Releasing<>(next.startCall(call, headers), free);
    }

    /** gRPC ends every call with exactly one of complete and cancel; the flag keeps the count right even if it did not. */
    private static final class Releasing<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Semaphore free;
        private final AtomicBoolean released = new AtomicBoolean();

        Releasing(ServerCall.Listener<Q> delegate, Semaphore free) {
            super(delegate);
            this.free = free;
        }

        @Override
        public void onComplete() {
            release();
            super.onComplete();
        }

        @Override
        public void onCancel() {
            release();
            super.onCancel();
        }

        private void release() {
            if (released.compareAndSet(false, true)) {
                free.release();
            }
        }
    }
}
