package dev.freshet.streams;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Measures one stage: busy while a call is under way, else waiting for a reason. Thread-safe; a few nanoseconds a call. */
final class StageActivity {
    private static final double NANOS_PER_SECOND = 1e9;

    private final StageName stage;
    private final LongSupplier nanoTime;
    private final Map<WaitReason, Long> waitNanos = new EnumMap<>(WaitReason.class);
    private long busyNanos;
    private long since;
    private @Nullable WaitReason waiting = WaitReason.INPUT;
    private int underWay;
    private int held;
    private long completed;

    StageActivity(StageName stage, LongSupplier nanoTime) {
        this.stage = stage;
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /** Holds nothing, and goes on from the times of one that has ended. */
    StageActivity(StageSnapshot ended, LongSupplier nanoTime) {
        this(ended.stage(), nanoTime);
        busyNanos = nanos(ended.busySeconds());
        ended.waitSeconds().forEach((reason, seconds) -> waitNanos.put(reason, nanos(seconds)));
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * NANOS_PER_SECOND);
    }

    /** Counts a call as under way until its stage completes, and what it works on as held until it has {@link #left}. */
    <T> CompletionStage<T> measure(Supplier<CompletionStage<T>> call) {
        started();
        try {
            return call.get().whenComplete((value, failure) -> finished());
        } catch (RuntimeException failure) {
            finished();
            throw failure;
        }
    }

    synchronized void started() {
        held++;
        underWay++;
        if (underWay == 1) {
            become(null);
        }
    }

    synchronized void finished() {
        underWay--;
        waitUnlessBusy();
    }

    /** The next stage has taken something, or it has ended here. */
    synchronized void left() {
        held--;
        completed++;
        waitUnlessBusy();
    }

    /** Goes on waiting if it is for the same reason. */
    synchronized void waits(WaitReason reason) {
        if (waiting != reason) {
            become(reason);
        }
    }

    /** Something has gone through in no time at all; what follows is a new wait. */
    synchronized void waitsAnew(WaitReason reason) {
        completed++;
        become(reason);
    }

    synchronized StageSnapshot snapshot() {
        long now = nanoTime.getAsLong();
        Map<WaitReason, Double> waitSeconds = new EnumMap<>(WaitReason.class);
        for (WaitReason reason : WaitReason.values()) {
            long running = waiting == reason ? now - since : 0;
            waitSeconds.put(reason, (waitNanos.getOrDefault(reason, 0L) + running) / NANOS_PER_SECOND);
        }
        long busyNow = waiting == null ? now - since : 0;
        return new StageSnapshot(
                stage,
                completed,
                (busyNanos + busyNow) / NANOS_PER_SECOND,
                waitSeconds,
                held,
                Optional.ofNullable(waiting),
                waiting == null ? 0 : (now - since) / NANOS_PER_SECOND);
    }

    private void waitUnlessBusy() {
        if (underWay == 0) {
            waits(held > 0 ? WaitReason.DEMAND : WaitReason.INPUT);
        }
    }

    private void become(@Nullable WaitReason next) {
        long now = nanoTime.getAsLong();
        if (waiting == null) {
            busyNanos += now - since;
        } else {
            waitNanos.merge(waiting, now - since, Long::sum);
        }
        waiting = next;
        since = now;
    }
}
