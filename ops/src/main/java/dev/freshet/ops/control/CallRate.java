package dev.freshet.ops.control;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Refuses calls that come faster than allowed, over all connections: a bucket that holds one second's calls. */
final class CallRate implements ServerInterceptor {
    private static final long FULL_BUCKET = TimeUnit.SECONDS.toNanos(1);

    private final long nanosPerCall;
    private final Status refusal;
    private final LongSupplier nanoTime;

    /** When the bucket would be full again if nobody called any more. */
    private long fullAt;

    CallRate(int callsPerSecond, LongSupplier nanoTime) {
        this.nanosPerCall = FULL_BUCKET / callsPerSecond;
        this.refusal = Status.RESOURCE_EXHAUSTED.withDescription("at most " + callsPerSecond
                + " control calls may be begun a second; try again later (freshet.control.max-calls-per-second)");
        this.nanoTime = nanoTime;
        this.fullAt = nanoTime.getAsLong();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (takesOne()) {
            return next.startCall(call, headers);
        }
        call.close(refusal, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    synchronized boolean takesOne() {
        long now = nanoTime.getAsLong();
        long next = (fullAt - now > 0 ? fullAt : now) + nanosPerCall;
        if (next - now > FULL_BUCKET) {
            return false;
        }
        fullAt = next;
        return true;
    }
}
