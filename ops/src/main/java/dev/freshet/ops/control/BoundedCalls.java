package dev.freshet.ops.control;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.LongSupplier;

/** Bounds what some callers ask for together: how fast calls are begun, how many are under way, and how long they take to ask. */
record BoundedCalls(CallRate rate, CallLimit limit, RequestDeadline deadline) implements ServerInterceptor {
    static BoundedCalls by(CallBounds bounds, LongSupplier nanoTime) {
        return new BoundedCalls(
                new CallRate(bounds.maxCallsPerSecond(), nanoTime),
                new CallLimit(bounds.maxConcurrentCalls(), bounds.maxStreams()),
                new RequestDeadline(bounds.requestTimeout()));
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return rate.interceptCall(
                call,
                headers,
                (inTime, same) -> limit.interceptCall(
                        inTime, same, (placed, again) -> deadline.interceptCall(placed, again, next)));
    }
}
