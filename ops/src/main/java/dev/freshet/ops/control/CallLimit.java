package dev.freshet.ops.control;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Refuses a call that comes while as many as are allowed are under way, over all connections. Commands and streams are counted
 * apart: who watches takes no place from who steers.
 */
final class CallLimit implements ServerInterceptor {
    private final Places commands;
    private final Places streams;

    CallLimit(int mostCommands, int mostStreams) {
        this.commands = new Places(
                new Semaphore(mostCommands),
                mostCommands,
                "at most " + mostCommands
                        + " control calls may be under way; try again (freshet.control.max-concurrent-calls)");
        this.streams = new Places(
                new Semaphore(mostStreams),
                mostStreams,
                "at most " + mostStreams + " streams may be open; close one (freshet.control.max-streams)");
    }

    /** Waits until no command is under way, but no longer than that; whether none is. */
    boolean awaitNoCommand(Duration longest) throws InterruptedException {
        if (!commands.free().tryAcquire(commands.all(), longest.toMillis(), TimeUnit.MILLISECONDS)) {
            return false;
        }
        commands.free().release(commands.all());
        return true;
    }

    /** Commands and streams under way. */
    int underWay() {
        return commands.taken() + streams.taken();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Places places = call.getMethodDescriptor().getType() == MethodType.UNARY ? commands : streams;
        if (!places.free().tryAcquire()) {
            call.close(Status.RESOURCE_EXHAUSTED.withDescription(places.refusal()), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return new Releasing<>(next.startCall(call, headers), places.free());
    }

    private record Places(Semaphore free, int all, String refusal) {
        int taken() {
            return all - free.availablePermits();
        }
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
