package dev.freshet.ops.metrics;

import dev.freshet.streams.StageSnapshot;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** How the stages of the pipeline spend their time, as they are asked for it by a scrape. */
final class StageMetrics {
    private static final double MILLIS_PER_SECOND = 1000;

    private final InstantSource clock;
    private final LastingTotal totals = new LastingTotal();
    private volatile Supplier<List<StageSnapshot>> stages = List::of;
    private volatile boolean ended;

    StageMetrics(Instruments instruments, InstantSource clock) {
        this.clock = clock;
        instruments.askedCounter(
                "freshet_stage_completed_total",
                "groups; batches for learn, versions for push_weights",
                "What has left a stage, passed on or ended there",
                counter -> snapshots()
                        .forEach(stage -> counter.call(
                                total(stage, "completed", (double) stage.completed()),
                                stage.stage().label())),
                "stage");
        instruments.askedCounter(
                "freshet_stage_busy_seconds_total",
                "seconds",
                "Time in which a stage had at least one call under way",
                counter -> snapshots()
                        .forEach(stage -> counter.call(
                                total(stage, "busy", stage.busySeconds()),
                                stage.stage().label())),
                "stage");
        instruments.askedCounter(
                "freshet_stage_wait_seconds_total",
                "seconds",
                "Time in which a stage had no call under way, by what it waited for: input, demand, weights or paused",
                counter -> snapshots()
                        .forEach(stage -> stage.waitSeconds()
                                .forEach((reason, seconds) -> counter.call(
                                        total(stage, reason.label(), seconds),
                                        stage.stage().label(),
                                        reason.label()))),
                "stage",
                "reason");
        instruments.askedGauge(
                "freshet_stage_queue_depth",
                "groups; batches for learn, versions for push_weights",
                "What a stage holds: under way, or waiting for the next stage to take it",
                gauge -> snapshots()
                        .forEach(stage ->
                                gauge.call(stage.queueDepth(), stage.stage().label())),
                "stage");
        instruments.askedGauge(
                "freshet_waiting_since_timestamp_seconds",
                "Unix time",
                "Since when a stage has waited for what it waits for now; absent while it is busy",
                gauge -> running()
                        .forEach(stage -> stage.waiting()
                                .ifPresent(reason ->
                                        gauge.call(since(stage), stage.stage().label(), reason.label()))),
                "stage",
                "reason");
    }

    /** @param source of the run's stages, from any thread */
    void watch(Supplier<List<StageSnapshot>> source) {
        stages = source;
        ended = false;
    }

    /** Nothing waits any more; the totals stay as they are. */
    void end() {
        List<StageSnapshot> last = stages.get();
        stages = () -> last;
        ended = true;
    }

    private List<StageSnapshot> snapshots() {
        return stages.get();
    }

    private List<StageSnapshot> running() {
        return ended ? List.of() : stages.get();
    }

    private double since(StageSnapshot stage) {
        return clock.millis() / MILLIS_PER_SECOND - stage.waitingSeconds();
    }

    private double total(StageSnapshot stage, String figure, double value) {
        return totals.of(stage.stage().label() + " " + figure, value);
    }
}
