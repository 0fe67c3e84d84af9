package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.actors.RunState;
import dev.freshet.streams.StageName;
import dev.freshet.streams.StageSnapshot;
import dev.freshet.streams.WaitReason;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTest {
    private static final Duration QUIET = Duration.ofMinutes(10);
    private static final long DEADLINE_SECONDS = 20;

    private final ScriptedView view = new ScriptedView();
    private final AtomicLong nanos = new AtomicLong();

    @ParameterizedTest
    @CsvSource({
        "STARTING, SERVING, NOT_SERVING",
        "RUNNING, SERVING, SERVING",
        "PAUSED, SERVING, SERVING",
        "DRAINING, SERVING, SERVING",
        "STOPPED, SERVING, NOT_SERVING",
        "FAILED, SERVING, NOT_SERVING"
    })
    void followsTheRunsState(RunState state, ServingStatus whole, ServingStatus parts) throws Exception {
        view.state(state);
        try (Watched watched = new Watched()) {
            watched.watch.look();
            assertThat(watched.statuses())
                    .containsEntry("", whole)
                    .containsEntry("freshet.v1.Control", whole)
                    .containsEntry("learner", parts)
                    .containsEntry("generators", parts)
                    .containsEntry("verifiers", parts);
        }
    }

    @Test
    void aRunThatAnswersNoMoreDoesNotServe() throws Exception {
        view.state(CompletableFuture.failedFuture(new TimeoutException("no answer")));
        try (Watched watched = new Watched()) {
            watched.watch.look();
            assertThat(watched.statuses()).containsEntry("", ServingStatus.NOT_SERVING);
            view.state(RunState.RUNNING);
            watched.watch.look();
            assertThat(watched.statuses()).containsEntry("", ServingStatus.SERVING);
        }
    }

    @Test
    void aPartThatIsBusyAndFinishesNothingForTheQuietLimitHangs() throws Exception {
        try (Watched watched = new Watched()) {
            view.stages(busy(StageName.LEARN, 7), busy(StageName.GENERATE, 7), idle(StageName.VERIFY, 7));
            watched.watch.look();
            nanos.addAndGet(QUIET.toNanos() - 1);
            watched.watch.look();
            assertThat(watched.statuses()).containsEntry("learner", ServingStatus.SERVING);
            nanos.addAndGet(1);
            view.stages(busy(StageName.LEARN, 7), busy(StageName.GENERATE, 8), idle(StageName.VERIFY, 7));
            watched.watch.look();
            assertThat(watched.statuses())
                    .containsEntry("learner", ServingStatus.NOT_SERVING)
                    .containsEntry("generators", ServingStatus.SERVING)
                    .containsEntry("verifiers", ServingStatus.SERVING)
                    .containsEntry("", ServingStatus.SERVING);
            view.stages(busy(StageName.LEARN, 8));
            watched.watch.look();
            assertThat(watched.statuses()).containsEntry("learner", ServingStatus.SERVING);
        }
    }

    @Test
    void whatWasQuietInAPauseDoesNotHangAfterIt() throws Exception {
        try (Watched watched = new Watched()) {
            view.stages(busy(StageName.GENERATE, 7));
            watched.watch.look();
            view.state(RunState.PAUSED);
            nanos.addAndGet(2 * QUIET.toNanos());
            watched.watch.look();
            assertThat(watched.statuses()).containsEntry("generators", ServingStatus.SERVING);
            view.state(RunState.RUNNING);
            watched.watch.look();
            assertThat(watched.statuses()).containsEntry("generators", ServingStatus.SERVING);
        }
    }

    @Test
    void aWatcherIsToldOfEachChangeAndDoesNotDelayTheEnd() throws Exception {
        ControlServer server = TestServer.start(new ScriptedRun(), List.of(), view);
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
        try {
            StatusQueue queue = new StatusQueue();
            HealthGrpc.newStub(channel).watch(request("learner"), queue);
            queue.awaits(ServingStatus.SERVING);
            view.state(RunState.FAILED);
            queue.awaits(ServingStatus.NOT_SERVING);

            long start = System.nanoTime();
            server.close();
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(1000);
            assertThat(queue.ended.get(DEADLINE_SECONDS, TimeUnit.SECONDS).getCode())
                    .isEqualTo(Status.Code.UNAVAILABLE);
        } finally {
            channel.shutdownNow();
            server.close();
        }
    }

    private static HealthCheckRequest request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private static StageSnapshot busy(StageName stage, long completed) {
        return new StageSnapshot(stage, completed, 1, Map.of(), 1, Optional.empty(), 0);
    }

    private static StageSnapshot idle(StageName stage, long completed) {
        return new StageSnapshot(stage, completed, 1, Map.of(), 0, Optional.of(WaitReason.INPUT), 1);
    }

    /** A watch on a clock that stands still, and what the health service answers of it. */
    private final class Watched implements AutoCloseable {
        private final HealthStatusManager health = new HealthStatusManager();
        private final HealthWatch watch = new HealthWatch(view, health, QUIET, nanos::get);

        Map<String, ServingStatus> statuses() throws Exception {
            Map<String, ServingStatus> statuses = new LinkedHashMap<>();
            for (String service : List.of("", "freshet.v1.Control", "learner", "generators", "verifiers")) {
                StatusQueue queue = new StatusQueue();
                ((HealthGrpc.HealthImplBase) health.getHealthService()).check(request(service), queue);
                statuses.put(service, queue.next());
            }
            return statuses;
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    private static final class StatusQueue implements StreamObserver<HealthCheckResponse> {
        private final BlockingQueue<ServingStatus> statuses = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> ended = new CompletableFuture<>();

        ServingStatus next() throws InterruptedException {
            ServingStatus status = statuses.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(status).isNotNull();
            return status;
        }

        void awaits(ServingStatus wanted) throws InterruptedException {
            while (next() != wanted) {
                // Told of what came before.
            }
        }

        @Override
        public void onNext(HealthCheckResponse response) {
            statuses.add(response.getStatus());
        }

        @Override
        public void onError(Throwable failure) {
            ended.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }
    }
}
