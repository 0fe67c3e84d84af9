package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.listen.BearerToken;
import dev.freshet.ops.listen.TestCertificates;
import dev.freshet.ops.listen.TlsKeys;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.GetStatusRequest;
import dev.freshet.proto.v1.GetStatusResponse;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call, and how often. */
class GuardedServerTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    static Path folder;

    private static TestCertificates.Pair serverPair;
    private static TestCertificates.Pair clientPair;
    private static TestCertificates.Pair strangerPair;
    private static Path token;
    private static Path otherToken;

    private final ScriptedRun run = new ScriptedRun();

    @BeforeAll
    static void make() throws Exception {
        serverPair = TestCertificates.make(folder, "server", "EC");
        clientPair = TestCertificates.make(folder, "client", "EC");
        strangerPair = TestCertificates.make(folder, "stranger", "RSA");
        token = TestCertificates.secret(folder.resolve("token"), TOKEN);
        otherToken = TestCertificates.secret(folder.resolve("other"), TOKEN.replace('0', '1'));
    }

    @Test
    void withoutTheTokenNothingIsAnsweredButHealth() throws Exception {
        try (ControlServer server = start("token-file=" + token);
                ControlClient right = client(server, Optional.of(token), Optional.empty());
                ControlClient wrong = client(server, Optional.of(otherToken), Optional.empty());
                ControlClient none = client(server, Optional.empty(), Optional.empty())) {
            assertThat(right.status().run()).isEqualTo("sample");
            for (ControlClient refused : List.of(wrong, none)) {
                assertThatThrownBy(refused::status)
                        .isInstanceOf(ControlException.class)
                        .hasMessage("the call must show this server's token (authorization: Bearer TOKEN); freshet ctl"
                                + " does, given --token-file");
                assertThatThrownBy(() -> refused.events(1, ControlClient.WatchMode.FOLLOW, line -> true))
                        .hasMessageStartingWith("the call must show this server's token");
            }
            assertThat(none.serves("")).isTrue();
            assertThat(run.asked()).containsExactly("status");
        }
    }

    @Test
    void whetherAMethodExistsIsToldToThoseWithTheTokenAlone() throws Exception {
        MethodDescriptor<GetStatusRequest, GetStatusResponse> unknown = ControlGrpc.getGetStatusMethod().toBuilder()
                .setFullMethodName("freshet.v1.Control/Explode")
                .build();
        try (ControlServer server = start("token-file=" + token)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            Metadata right = new Metadata();
            right.put(TokenGuard.AUTHORIZATION, "Bearer " + TOKEN);
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                            channel, unknown, CallOptions.DEFAULT, GetStatusRequest.getDefaultInstance()))
                    .hasMessageStartingWith("UNAUTHENTICATED: the call must show this server's token");
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                            ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(right)),
                            unknown,
                            CallOptions.DEFAULT,
                            GetStatusRequest.getDefaultInstance()))
                    .hasMessageStartingWith("UNIMPLEMENTED: there is no such method");
            channel.shutdownNow();
        }
    }

    @Test
    void aHeaderThatIsNearlyRightIsWrong() throws Exception {
        try (ControlServer server = start("token-file=" + token)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            for (String header : List.of(TOKEN, "Basic " + TOKEN, "Bearer " + TOKEN + " ", "Bearer  " + TOKEN)) {
                Metadata headers = new Metadata();
                headers.put(TokenGuard.AUTHORIZATION, header);
                assertThatThrownBy(() -> ControlGrpc.newBlockingStub(channel)
                                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                                .withDeadlineAfter(20, TimeUnit.SECONDS)
                                .getStatus(GetStatusRequest.getDefaultInstance()))
                        .as(header)
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                refusal -> assertThat(refusal.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAUTHENTICATED));
            }
            channel.shutdownNow();
            assertThat(run.asked()).isEmpty();
        }
    }

    @Test
    void beyondLoopbackTlsAndTokenLetACallerIn() throws Exception {
        try (ControlServer server = start(
                        "host=0.0.0.0",
                        "token-file=" + token,
                        "tls.certificate=" + serverPair.certificate(),
                        "tls.key=" + serverPair.privateKey());
                ControlClient right = client(server, Optional.of(token), Optional.of(trust(serverPair)));
                ControlClient plain = client(server, Optional.of(token), Optional.empty());
                ControlClient deceived = client(server, Optional.of(token), Optional.of(trust(strangerPair)))) {
            assertThat(right.status().run()).isEqualTo("sample");
            assertThat(right.serves("")).isTrue();
            assertThatThrownBy(plain::status)
                    .hasMessageStartingWith("127.0.0.1:")
                    .hasMessageContaining("closed the connection without an answer; if its run has TLS")
                    .hasMessageContaining("--tls-ca");
            assertThatThrownBy(deceived::status)
                    .hasMessageStartingWith("no secure connection to 127.0.0.1:")
                    .hasMessageContaining("see that --tls-ca is its authority");
            assertThat(run.asked()).containsExactly("status");
        }
    }

    @Test
    void aServerThatAsksForCertificatesTakesThoseOfItsAuthorityOnly() throws Exception {
        try (ControlServer server = start(
                        "tls.certificate=" + serverPair.certificate(),
                        "tls.key=" + serverPair.privateKey(),
                        "tls.client-ca=" + clientPair.certificate());
                ControlClient known = client(server, Optional.empty(), Optional.of(trust(serverPair, clientPair)));
                ControlClient stranger =
                        client(server, Optional.empty(), Optional.of(trust(serverPair, strangerPair)));
                ControlClient nobody = client(server, Optional.empty(), Optional.of(trust(serverPair)))) {
            assertThat(known.status().run()).isEqualTo("sample");
            assertThatThrownBy(stranger::status).isInstanceOf(ControlException.class);
            assertThatThrownBy(nobody::status).isInstanceOf(ControlException.class);
            assertThat(run.asked()).containsExactly("status");
        }
    }

    @Test
    void filesThatAreNotWhatTheyShouldBeKeepTheServerFromStarting() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> start("token-file=" + missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(missing + " must hold a token and be readable");
    }

    @Test
    void callsThatComeTooFastAreRefused() throws Exception {
        try (ControlServer server = start("max-calls-per-second=3");
                ControlClient client = client(server, Optional.empty(), Optional.empty())) {
            List<String> refusals = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                try {
                    var unused = client.status();
                } catch (ControlException refused) {
                    refusals.add(refused.getMessage());
                }
            }
            assertThat(refusals)
                    .isNotEmpty()
                    .containsOnly("at most 3 control calls may be begun a second; try again later"
                            + " (freshet.control.max-calls-per-second)");
            assertThat(client.serves("")).as("health is counted apart").isTrue();
        }
    }

    @Test
    void strangersToWhomNothingIsAnsweredAreBoundedApartFromThoseWhoShowTheToken() throws Exception {
        try (ControlServer server = start("token-file=" + token, "max-calls-per-second=3");
                ControlClient right = client(server, Optional.of(token), Optional.empty());
                ControlClient stranger = client(server, Optional.empty(), Optional.empty())) {
            Set<String> refusals = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                refusals.add(refusal(stranger::status));
            }
            assertThat(refusals)
                    .hasSize(2)
                    .anyMatch(refusal -> refusal.startsWith("the call must show this server's token"))
                    .anyMatch(refusal -> refusal.startsWith("at most 3 control calls may be begun a second"));
            assertThat(right.status().run()).isEqualTo("sample");
            assertThat(right.serves("")).isTrue();
            assertThat(stranger.serves("")).as("a probe without the token").isTrue();
            assertThat(run.asked()).containsExactly("status");
        }
    }

    @Test
    void healthThatIsAskedTooFastIsRefusedAndCommandsAreNot() throws Exception {
        try (ControlServer server = start("max-calls-per-second=3");
                ControlClient client = client(server, Optional.empty(), Optional.empty())) {
            Set<String> refusals = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                refusals.add(refusal(() -> client.serves("")));
            }
            assertThat(refusals)
                    .anyMatch(refusal -> refusal.startsWith("at most 3 control calls may be begun a second"));
            assertThat(client.status().run()).isEqualTo("sample");
        }
    }

    @Test
    void strangersWhoWatchHealthTakeNoPlaceFromWhoShowsTheToken() throws Exception {
        try (ControlServer server = start("token-file=" + token, "max-streams=2")) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            try {
                HealthGrpc.HealthStub stranger = HealthGrpc.newStub(channel);
                assertThat(watched(stranger)).isEqualTo("SERVING");
                assertThat(watched(stranger)).isEqualTo("SERVING");
                assertThat(watched(stranger)).startsWith("RESOURCE_EXHAUSTED: at most 2 streams may be open");
                Metadata headers = new Metadata();
                headers.put(TokenGuard.AUTHORIZATION, "Bearer " + TOKEN);
                assertThat(watched(stranger.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))))
                        .isEqualTo("SERVING");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void theBucketHoldsOneSecondsCallsAndFillsEvenly() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 100); // a clock that overflows
        CallRate rate = new CallRate(4, nanos::get);
        assertThat(taken(rate, 6)).isEqualTo(4);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
        assertThat(taken(rate, 6)).isEqualTo(1);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        assertThat(taken(rate, 6)).isEqualTo(4);
    }

    private static String refusal(Callable<?> call) throws Exception {
        try {
            var unused = call.call();
            return "";
        } catch (ControlException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** What a watcher is told first; its stream stays open. */
    private static String watched(HealthGrpc.HealthStub stub) throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        stub.watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(HealthCheckResponse response) {
                first.complete(response.getStatus().name());
            }

            @Override
            public void onError(Throwable failure) {
                first.complete(failure.getMessage());
            }

            @Override
            public void onCompleted() {}
        });
        return first.get(20, TimeUnit.SECONDS);
    }

    private static int taken(CallRate rate, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += rate.takesOne() ? 1 : 0;
        }
        return taken;
    }

    private ControlServer start(String... settings) throws Exception {
        String[] all = new String[settings.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = "freshet.control." + settings[i];
        }
        return TestServer.start(run, List.of(), new ScriptedView(), all);
    }

    private static ControlClient client(ControlServer server, Optional<Path> tokenFile, Optional<TlsKeys> tls) {
        return new ControlClient(
                TestServer.endpoint(server), new ClientSecurity(tokenFile.map(BearerToken::read), tls));
    }

    private static TlsKeys trust(TestCertificates.Pair server) {
        return TlsKeys.load(Optional.empty(), Optional.empty(), Optional.of(server.certificate()));
    }

    private static TlsKeys trust(TestCertificates.Pair server, TestCertificates.Pair own) {
        return TlsKeys.load(
                Optional.of(own.certificate()), Optional.of(own.privateKey()), Optional.of(server.certificate()));
    }
}
