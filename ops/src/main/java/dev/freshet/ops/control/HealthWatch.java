package dev.freshet.ops.control;

import dev.freshet.actors.RunState;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.streams.StageName;
import dev.freshet.streams.StageSnapshot;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Keeps the standard health service up to date. The whole and the control service serve from the start until the server closes,
 * also while an ended run is evaluated and reported, so that no probe ends the process before that is done; but not while the
 * run's coordinator does not answer. A part serves while the run runs or is paused, unless it hangs: works on something, and has
 * finished nothing for the quiet limit.
 */
final class HealthWatch implements AutoCloseable {
    static final Map<StageName, String> PARTS = new EnumMap<>(
            Map.of(StageName.LEARN, "learner", StageName.GENERATE, "generators", StageName.VERIFY, "verifiers"));

    private static final List<String> WHOLE =
            List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ControlGrpc.SERVICE_NAME);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final RunView view;
    private final HealthStatusManager health;
    private final long quietNanos;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(HealthWatch::thread);
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Map<StageName, Progress> progress = new EnumMap<>(StageName.class);

    HealthWatch(RunView view, HealthStatusManager health, Duration quietLimit, LongSupplier nanoTime) {
        this.view = view;
        this.health = health;
        this.quietNanos = quietLimit.toNanos();
        this.nanoTime = nanoTime;
        publish(Optional.of(RunState.STARTING));
    }

    /** Looks every second until it is closed. */
    void start() {
        var unused = clock.scheduleWithFixedDelay(this::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A question that is not answered yet is not asked again; the run's own deadline ends it. */
    void look() {
        if (asking.compareAndSet(false, true)) {
            var unused = view.state().whenComplete((state, failure) -> {
                asking.set(false);
                publish(failure == null ? Optional.of(state) : Optional.empty());
            });
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** @param answer empty if there was none */
    private synchronized void publish(Optional<RunState> answer) {
        WHOLE.forEach(service -> set(service, answer.isPresent()));
        List<StageSnapshot> stages = view.stages();
        PARTS.forEach((stage, part) -> set(
                part,
                switch (answer.orElse(RunState.FAILED)) {
                    case RUNNING, DRAINING -> moves(stage, stages);
                    case PAUSED -> rests(stage);
                    case STARTING, STOPPED, FAILED -> false;
                }));
    }

    private void set(String service, boolean serves) {
        health.setStatus(service, serves ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** What was quiet because of a pause does not hang after it. */
    private boolean rests(StageName stage) {
        progress.remove(stage);
        return true;
    }

    private boolean moves(StageName stage, List<StageSnapshot> stages) {
        StageSnapshot now = stages.stream()
                .filter(snapshot -> snapshot.stage() == stage)
                .findFirst()
                .orElse(null);
        if (now == null || now.waiting().isPresent()) {
            return rests(stage);
        }
        Progress before = progress.get(stage);
        if (before == null || before.completed() != now.completed()) {
            progress.put(stage, new Progress(now.completed(), nanoTime.getAsLong()));
            return true;
        }
        return nanoTime.getAsLong() - before.since() < quietNanos;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "control-health");
        thread.setDaemon(true);
        return thread;
    }

    /** @param since when it was first seen to have completed so many */
    private record Progress(long completed, long since) {}
}
