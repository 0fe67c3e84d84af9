package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Samples;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.GetStatusRequest;
import dev.freshet.proto.v1.GetStatusResponse;
import dev.freshet.proto.v1.RollbackRequest;
import dev.freshet.proto.v1.SwitchDivergenceRequest;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ControlServerTest {
    private static final long DEADLINE_SECONDS = 10;

    private final ScriptedRun run = new ScriptedRun();
    private final ScriptedView view = new ScriptedView();
    private ControlServer server;
    private ControlClient client;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(
                run, List.of("none", "js", "alpha:0.5"), view, "freshet.control.max-concurrent-calls=2");
        client = new ControlClient(TestServer.endpoint(server));
        channel = channel(server);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        client.close();
        server.close();
    }

    @Test
    void statusComesBackAsItWasWithEveryField() {
        assertThat(client.status()).isEqualTo(Samples.running());
        run.answers(CompletableFuture.completedFuture(Samples.starting()));
        assertThat(client.status()).isEqualTo(Samples.starting());
    }

    @Test
    void eachCommandReachesTheRunAsItWasGiven() {
        client.pause(PauseMode.AFTER_STEP);
        client.pause(PauseMode.NOW);
        client.resume();
        client.stop(StopMode.DRAIN);
        client.stop(StopMode.NOW);
        assertThat(run.asked()).containsExactly("pause AFTER_STEP", "pause NOW", "resume", "stop DRAIN", "stop NOW");
    }

    @Test
    void anAbsentCoefficientIsNotZero() {
        client.switchDivergence("alpha:0.5", OptionalDouble.empty());
        DivergenceSwitched zero = client.switchDivergence("none", OptionalDouble.of(0));
        assertThat(run.asked())
                .containsExactly("switch alpha:0.5 OptionalDouble.empty", "switch none OptionalDouble[0.0]");
        assertThat(zero)
                .isEqualTo(new DivergenceSwitched("js", 0.02, "none", 0, new PolicyVersion(13), ChangeOrigin.COMMAND));
    }

    @Test
    void aCheckpointTellsWhereItIs() {
        assertThat(client.checkpoint())
                .isEqualTo(
                        new CheckpointWritten(new PolicyVersion(12), "checkpoints/step-000012", 1_234_567, 0.01, 0.2));
    }

    @Test
    void aRollbackNamesTheNewVersionAndItsParent() {
        assertThat(client.rollback(new PolicyVersion(4)))
                .isEqualTo(new RolledBackTo(
                        new PolicyVersion(13), new PolicyVersion(4), "checkpoints/v4", 7, Optional.empty()));
        assertThat(run.asked()).containsExactly("rollback v4");
    }

    @Test
    void aRollbackToAVersionBeyondAllNumbersIsRefused() {
        RollbackRequest request =
                RollbackRequest.newBuilder().setPolicyVersion(-1).build();
        assertThatThrownBy(() -> ControlGrpc.newBlockingStub(channel).rollback(request))
                .isInstanceOfSatisfying(StatusRuntimeException.class, refusal -> {
                    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(refusal.getStatus().getDescription())
                            .isEqualTo("policy_version must be below 2^63, was 18446744073709551615: name that of a"
                                    + " checkpoint");
                });
    }

    @Test
    void theListOfDivergencesMarksTheOneInForce() {
        assertThat(client.listDivergences()).isEqualTo(new DivergenceList(List.of("none", "js", "alpha:0.5"), "js"));
    }

    @Test
    void everyCallIsToldOnceWithItsResult() throws Exception {
        client.switchDivergence("js", OptionalDouble.empty());
        run.answers(CompletableFuture.failedFuture(
                new RefusedException(RefusedException.Kind.INVALID_ARGUMENT, "value, rule, remedy")));
        assertThatThrownBy(client::checkpoint).isInstanceOf(ControlException.class);

        assertThat(view.told().poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("switch_divergence ok");
        assertThat(view.told().poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("checkpoint invalid_argument");
        assertThat(view.told()).isEmpty();
    }

    @Test
    void whatNeverReachesACommandIsToldToo() throws Exception {
        MethodDescriptor<GetStatusRequest, GetStatusResponse> unknown = ControlGrpc.getGetStatusMethod().toBuilder()
                .setFullMethodName("freshet.v1.Control/Explode")
                .build();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, unknown, CallOptions.DEFAULT, GetStatusRequest.getDefaultInstance()))
                .hasMessageStartingWith("UNIMPLEMENTED");
        assertThat(view.told().poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("unknown unimplemented");
        assertThatThrownBy(() -> stub().switchDivergence(SwitchDivergenceRequest.newBuilder()
                        .setSpec("x".repeat(65 * 1024))
                        .build()))
                .hasMessageStartingWith("RESOURCE_EXHAUSTED");
        assertThat(view.told().poll(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo("switch_divergence resource_exhausted");
        assertThat(client.serves("")).isTrue();
        assertThat(view.told()).as("health is no command").isEmpty();
    }

    @Test
    void aMessageThatIsNoneIsTheCallersMistake() throws Exception {
        MethodDescriptor<byte[], GetStatusResponse> raw = MethodDescriptor.<byte[], GetStatusResponse>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("freshet.v1.Control/Stop")
                .setRequestMarshaller(RawBytes.INSTANCE)
                .setResponseMarshaller(ControlGrpc.getGetStatusMethod().getResponseMarshaller())
                .build();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, new byte[] {0, 1, 2}))
                .hasMessageStartingWith("INVALID_ARGUMENT: the message is none of this method's type");
        assertThat(run.asked()).isEmpty();
        assertThat(view.told().poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("stop invalid_argument");
        assertThat(client.status().run()).as("and others are answered").isEqualTo("sample");
    }

    @ParameterizedTest
    @EnumSource(RefusedException.Kind.class)
    void aRefusalKeepsItsKindAndItsWords(RefusedException.Kind kind) {
        run.answers(CompletableFuture.failedFuture(
                new CompletionException(new RefusedException(kind, "value, rule, remedy"))));
        assertRefused(Status.Code.valueOf(kind.name()), "value, rule, remedy");
    }

    @Test
    void aTimeoutIsADeadlineExceeded() {
        run.answers(CompletableFuture.failedFuture(new TimeoutException("the learner did not answer within 30 s")));
        assertRefused(Status.Code.DEADLINE_EXCEEDED, "the learner did not answer within 30 s");
    }

    @Test
    void anUnknownFailureIsInternalAndHasNoStackTrace() {
        run.answers(CompletableFuture.failedFuture(new IllegalStateException("broken")));
        assertRefused(Status.Code.INTERNAL, "the run failed on this command: java.lang.IllegalStateException: broken");
    }

    @Test
    void aRunThatNeverAnswersIsGivenUp() throws Exception {
        run.answers(new CompletableFuture<>());
        try (ControlServer impatient =
                        TestServer.start(run, List.of(), new ScriptedView(), "freshet.control.call-timeout=20 ms");
                ControlClient caller = new ControlClient(TestServer.endpoint(impatient))) {
            assertThatThrownBy(caller::status)
                    .isInstanceOf(ControlException.class)
                    .hasMessageEndingWith(
                            "(freshet.control.call-timeout), and may come about still: ask for the run's status before trying again");
        }
    }

    /** Which {@code freshet.control.call-timeout} would else not reach. */
    @Test
    void aCallerHasNoDeadlineUnlessItIsToldOne() {
        var unused = client.status();
        assertThat(run.deadline()).isEmpty();

        try (ControlClient bounded = new ControlClient(
                TestServer.endpoint(server), ClientSecurity.NONE, Optional.of(Duration.ofSeconds(30)))) {
            unused = bounded.status();
        }
        assertThat(run.deadline()).isPresent();
    }

    @Test
    void aMessageBeyondTheBoundIsRefused() {
        SwitchDivergenceRequest large = SwitchDivergenceRequest.newBuilder()
                .setSpec("x".repeat(65 * 1024))
                .build();
        assertThatThrownBy(() -> stub().switchDivergence(large))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
        assertThat(run.asked()).isEmpty();
    }

    @Test
    void oneCallMoreThanAllowedIsRefusedAndTheNextOneAfterAnEndIsNot() throws Exception {
        CompletableFuture<RunStatus> pending = new CompletableFuture<>();
        run.answers(pending);
        List<Future<GetStatusResponse>> underWay = List.of(asynchronousStatus(), asynchronousStatus());
        assertThat(run.hears(2)).isTrue();
        assertThatThrownBy(() -> asynchronousStatus().get(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .hasMessageContaining("RESOURCE_EXHAUSTED: at most 2 control calls may be under way; try again"
                        + " (freshet.control.max-concurrent-calls)");
        pending.complete(Samples.running());
        for (Future<GetStatusResponse> call : underWay) {
            assertThat(call.get(DEADLINE_SECONDS, TimeUnit.SECONDS).hasStatus()).isTrue();
        }
        assertThat(run.asked()).containsExactly("status", "status");
    }

    @Test
    void healthFollowsTheServer() {
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.newBuilder()
                                .setService("freshet.v1.Control")
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void aTakenPortIsOneLineWithARemedy() {
        int taken = server.address().getPort();
        assertThatThrownBy(() -> TestServer.start(run, List.of(), new ScriptedView(), "freshet.control.port=" + taken))
                .isInstanceOf(BindException.class)
                .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken + ": ")
                .hasMessageEndingWith(
                        "; stop what listens there, or choose another port, 0 for any free one (freshet.control.port)");
    }

    @Test
    void noRunAtTheEndpointIsSaidPlainly() {
        server.close();
        assertThatThrownBy(client::status)
                .hasMessage("no run answers at 127.0.0.1:" + server.address().getPort()
                        + "; start one, or name its address with --endpoint host:port");
    }

    /** Else whoever can have himself quoted could end the process. */
    @Test
    void aRefusalThatQuotesWantOfMemoryIsARefusalAndNoMore() {
        List<Throwable> ended = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> ended.add(failure));
        try {
            run.answers(CompletableFuture.failedFuture(new RefusedException(
                    RefusedException.Kind.INVALID_ARGUMENT, "divergence \"std::bad_alloc\" is unknown")));
            assertRefused(Status.Code.INVALID_ARGUMENT, "divergence \"std::bad_alloc\" is unknown");
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(ended).isEmpty();
    }

    private void assertRefused(Status.Code code, String message) {
        assertThatThrownBy(() -> stub().getStatus(GetStatusRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage(code + ": " + message);
    }

    private Future<GetStatusResponse> asynchronousStatus() {
        return ControlGrpc.newFutureStub(channel).getStatus(GetStatusRequest.getDefaultInstance());
    }

    private ControlGrpc.ControlBlockingStub stub() {
        return ControlGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private static ManagedChannel channel(ControlServer server) {
        return NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
    }
}
