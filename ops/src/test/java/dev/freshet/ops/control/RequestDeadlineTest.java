package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.GetStatusRequest;
import dev.freshet.proto.v1.GetStatusResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestDeadlineTest {
    private final ScriptedRun run = new ScriptedRun();

    @Test
    void whoNeverSendsHisRequestLosesHisPlaceToWhoDoes() throws Exception {
        try (ControlServer server = TestServer.start(
                        run,
                        List.of(),
                        new ScriptedView(),
                        "freshet.control.request-timeout=300 ms",
                        "freshet.control.max-concurrent-calls=1");
                ControlClient other = new ControlClient(TestServer.endpoint(server))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            try {
                Status ended = begun(channel).get(20, TimeUnit.SECONDS);

                assertThat(ended.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
                assertThat(ended.getDescription())
                        .isEqualTo("the request must come whole within PT0.3S, did not; send it with the call"
                                + " (freshet.control.request-timeout)");
                assertThat(other.status().run()).isEqualTo("sample");
                assertThat(run.asked()).containsExactly("status");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    /** The headers of a command and nothing after them; how it ends. */
    private static CompletableFuture<Status> begun(ManagedChannel channel) {
        CompletableFuture<Status> ended = new CompletableFuture<>();
        // A client that knows the method sends nothing before there is a request.
        ClientCall<GetStatusRequest, GetStatusResponse> call = channel.newCall(
                ControlGrpc.getGetStatusMethod().toBuilder()
                        .setType(MethodType.BIDI_STREAMING)
                        .build(),
                CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(status);
                    }
                },
                new Metadata());
        call.request(1);
        return ended;
    }
}
