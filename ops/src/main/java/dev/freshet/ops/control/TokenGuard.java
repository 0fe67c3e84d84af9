package dev.freshet.ops.control;

import dev.freshet.ops.listen.BearerToken;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Refuses calls that do not show the server's token, before anything of them is read. */
final class TokenGuard implements ServerInterceptor {
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Status REFUSAL = Status.UNAUTHENTICATED.withDescription(
            "the call must show this server's token (authorization: Bearer TOKEN); freshet ctl does, given --token-file");

    private final BearerToken token;

    TokenGuard(BearerToken token) {
        this.token = token;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (token.matches(headers.get(AUTHORIZATION))) {
            return next.startCall(call, headers);
        }
        call.close(REFUSAL, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
