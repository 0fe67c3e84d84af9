package dev.freshet.ops.control;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls of methods that do not exist. gRPC would, before any interceptor: here they need a token, have a rate and take a place as
 * commands do.
 */
final class UnknownMethods extends HandlerRegistry {
    private static final Status REFUSAL = Status.UNIMPLEMENTED.withDescription(
            "there is no such method; server reflection lists those that there are");

    private final ServerInterceptor commands;

    /** @param commands what a command meets first */
    UnknownMethods(ServerInterceptor commands) {
        this.commands = commands;
    }

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(RawBytes.INSTANCE, RawBytes.INSTANCE)
                .setType(MethodType.UNARY)
                .setFullMethodName(methodName)
                .build();
        return ServerMethodDefinition.create(
                method, (call, headers) -> commands.interceptCall(call, headers, UnknownMethods::refuse));
    }

    private static ServerCall.Listener<byte[]> refuse(ServerCall<byte[], byte[]> call, Metadata headers) {
        call.close(REFUSAL, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
