package dev.freshet.ops.bench;

import dev.freshet.ops.bench.FuzzRequest.Ending;
import dev.freshet.ops.control.Endpoint;
import dev.freshet.ops.control.RawBytes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends bytes as messages, over a few connections, to a server that wants a token. */
final class FuzzCaller implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final String token;

    FuzzCaller(Endpoint endpoint, String token, int connections) {
        this.token = token;
        for (int i = 0; i < connections; i++) {
            channels.add(NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                    .usePlaintext()
                    .proxyDetector(target -> null)
                    .build());
        }
    }

    /** The status that the call ends with. */
    CompletableFuture<Status> call(FuzzRequest request) {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.BIDI_STREAMING) // So that any number of messages may be sent.
                .setFullMethodName(request.method())
                .setRequestMarshaller(RawBytes.INSTANCE)
                .setResponseMarshaller(RawBytes.INSTANCE)
                .build();
        CallOptions options = request.ending() == Ending.HURRY
                ? CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.MILLISECONDS)
                : CallOptions.DEFAULT;
        ManagedChannel channel = channels.get(Math.floorMod(turn.getAndIncrement(), channels.size()));
        ClientCall<byte[], byte[]> call = channel.newCall(method, options);
        CompletableFuture<Status> ended = new CompletableFuture<>();
        call.start(new Listener(call, request.ending(), ended), headers(request));
        call.request(1);
        request.messages().forEach(message -> call.sendMessage(message.bytes()));
        if (request.ending() == Ending.CANCEL) {
            call.cancel("the caller leaves", null);
        } else {
            call.halfClose();
        }
        return ended;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    private Metadata headers(FuzzRequest request) {
        Metadata headers = new Metadata();
        switch (request.credentials()) {
            case RIGHT -> headers.put(AUTHORIZATION, "Bearer " + token);
            case WRONG -> headers.put(AUTHORIZATION, "Bearer " + token.substring(1) + "x");
            case NONE -> {}
        }
        return headers;
    }

    private static final class Listener extends ClientCall.Listener<byte[]> {
        private final ClientCall<byte[], byte[]> call;
        private final Ending ending;
        private final CompletableFuture<Status> ended;

        Listener(ClientCall<byte[], byte[]> call, Ending ending, CompletableFuture<Status> ended) {
            this.call = call;
            this.ending = ending;
            this.ended = ended;
        }

        @Override
        public void onMessage(byte[] answer) {
            if (ending == Ending.CANCEL_AFTER_ANSWER) {
                call.cancel("the caller has seen enough", null);
            } else {
                call.request(1);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
        }
    }
}
