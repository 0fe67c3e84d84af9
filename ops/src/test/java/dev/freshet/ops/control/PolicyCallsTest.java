package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.ops.control.PolicyClient.Measured;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.EvaluateRequest;
import dev.freshet.proto.v1.SampleRequest;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyCallsTest {
    private static final long DEADLINE_SECONDS = 20;

    private final ScriptedView view = new ScriptedView();
    private ControlServer server;
    private ControlClient client;
    private PolicyClient policy;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(new ScriptedRun(), List.of(), view, "freshet.control.evaluate-timeout=200 ms");
        client = new ControlClient(TestServer.endpoint(server));
        policy = new PolicyClient(client);
        channel =
                NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        client.close();
        server.close();
    }

    @Test
    void aSampleComesBackAsItWas() {
        PolicySample.Order order = new PolicySample.Order("17+25=", 2, OptionalDouble.of(0));
        assertThat(policy.sample(order)).isEqualTo(ScriptedView.SAMPLE);
        assertThat(view.orders()).containsExactly(order);
    }

    @Test
    void whatIsNotSaidOfASampleIsOneCompletionAtTheTemperatureInForce() {
        var unused = ControlGrpc.newBlockingStub(channel)
                .sample(SampleRequest.newBuilder().setPrompt("1+1=").build());
        assertThat(view.orders()).containsExactly(new PolicySample.Order("1+1=", 1, OptionalDouble.empty()));
    }

    @Test
    void aCountBeyondAnIntIsNotTakenForANegativeOne() {
        var unused = ControlGrpc.newBlockingStub(channel)
                .sample(SampleRequest.newBuilder().setN(-1).build());
        assertThat(view.orders()).extracting(PolicySample.Order::completions).containsExactly(0xFFFFFFFFL);
    }

    @Test
    void anEvaluationComesBackAsItWas() {
        assertThat(policy.evaluate("held_out"))
                .isEqualTo(new Measured(
                        "held_out",
                        ScriptedView.EVALUATION.version(),
                        256,
                        16,
                        new TreeMap<>(Map.of(1, 0.5, 8, 0.75)),
                        0.45,
                        1.5,
                        ScriptedView.EVALUATION.measures()));
        assertThat(view.suites()).containsExactly("held_out");
    }

    @Test
    void aRefusalKeepsItsWords() {
        view.samples(CompletableFuture.failedFuture(new RefusedException(Kind.INVALID_ARGUMENT, "n must be 1 to 16")));
        view.evaluates(CompletableFuture.failedFuture(
                new RefusedException(Kind.FAILED_PRECONDITION, "an evaluation is under way")));
        assertThatThrownBy(() -> policy.sample(new PolicySample.Order("", 99, OptionalDouble.empty())))
                .isInstanceOfSatisfying(
                        ControlException.class,
                        refusal -> assertThat(refusal.isBadRequest()).isTrue())
                .hasMessage("n must be 1 to 16");
        assertThatThrownBy(() -> policy.evaluate(""))
                .isInstanceOf(ControlException.class)
                .hasMessage("an evaluation is under way");
    }

    @Test
    void aSampleWhoseCallerLeavesIsNotBegunAnyMore() throws Exception {
        CompletableFuture<PolicySample> pending = new CompletableFuture<>();
        CountDownLatch givenUp = new CountDownLatch(1);
        var unused = pending.whenComplete((done, failure) -> givenUp.countDown());
        view.samples(pending);
        Future<?> call = ControlGrpc.newFutureStub(channel).sample(SampleRequest.getDefaultInstance());
        await(() -> !view.orders().isEmpty());
        assertThat(call.cancel(true)).isTrue();
        assertThat(givenUp.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(pending).isCancelled();
    }

    @Test
    void anEvaluationThatTakesTooLongIsGivenUp() {
        CompletableFuture<EvaluationCompleted> pending = new CompletableFuture<>();
        view.evaluates(pending);
        assertThatThrownBy(() -> policy.evaluate(""))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining(
                        "the evaluation must end within 0 s, did not, and was given up: raise freshet.control.evaluate-timeout");
        assertThat(pending).isCompletedExceptionally();
    }

    @Test
    void anEvaluationWhoseCallerLeavesIsGivenUp() throws Exception {
        server.close();
        CompletableFuture<EvaluationCompleted> pending = new CompletableFuture<>();
        CountDownLatch givenUp = new CountDownLatch(1);
        var unused = pending.whenComplete((done, failure) -> givenUp.countDown());
        view.evaluates(pending);
        try (ControlServer patient = TestServer.start(new ScriptedRun(), List.of(), view)) {
            ManagedChannel leaving = NettyChannelBuilder.forAddress(patient.address())
                    .usePlaintext()
                    .build();
            Future<?> call = ControlGrpc.newFutureStub(leaving).evaluate(EvaluateRequest.getDefaultInstance());
            await(() -> !view.suites().isEmpty());
            assertThat(call.cancel(true)).isTrue();
            assertThat(givenUp.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(pending).isCancelled();
            leaving.shutdownNow();
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
