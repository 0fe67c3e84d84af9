package dev.freshet.ops.control;

import dev.freshet.ops.listen.BearerToken;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.function.LongSupplier;

/**
 * Tells callers who show the server's token from strangers, before anything of their message is read.
 *
 * @param known what a caller who shows it meets next
 * @param strangers what all others meet
 */
record TokenGuard(BearerToken token, ServerInterceptor known, ServerInterceptor strangers)
        implements ServerInterceptor {
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Status REFUSAL = Status.UNAUTHENTICATED.withDescription(
            "the call must show this server's token (authorization: Bearer TOKEN); freshet ctl does, given --token-file");

    /** Refuses all, as UNAUTHENTICATED, and as RESOURCE_EXHAUSTED those who come faster than that. */
    static ServerInterceptor refusing(CallBounds bounds, LongSupplier nanoTime) {
        return new Refusing(new CallRate(bounds.maxCallsPerSecond(), nanoTime));
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        ServerInterceptor way = token.matches(headers.get(AUTHORIZATION)) ? known : strangers;
        return way.interceptCall(call, headers, next);
    }

    private record Refusing(CallRate rate) implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            return rate.interceptCall(call, headers, (stranger, same) -> {
                stranger.close(REFUSAL, new Metadata());
                return new ServerCall.Listener<>() {};
            });
        }
    }
}
