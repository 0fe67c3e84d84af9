package dev.freshet.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StageActivityTest {
    private final AtomicLong nanos = new AtomicLong();
    private final StageActivity activity = new StageActivity(StageName.VERIFY, nanos::get);

    @Test
    void timeIsBusyOrAWaitWithAReason() {
        seconds(1);
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        CompletionStage<String> measured = activity.measure(() -> first);
        assertThat(activity.measure(() -> second)).isNotDone();
        seconds(2);
        first.complete("first");
        assertThat(measured).isCompletedWithValue("first");
        seconds(3);
        second.complete("second");
        seconds(4);
        assertThat(activity.snapshot()).isEqualTo(snapshot(0, 5, 1, 4, 2, WaitReason.DEMAND, 4));
        activity.left();
        activity.left();
        seconds(5);
        assertThat(activity.snapshot()).isEqualTo(snapshot(2, 5, 6, 4, 0, WaitReason.INPUT, 5));
    }

    @Test
    void aCallUnderWayIsNoWait() {
        CompletionStage<String> measured = activity.measure(CompletableFuture::new);
        seconds(3);
        assertThat(measured).isNotDone();
        StageSnapshot snapshot = activity.snapshot();
        assertThat(snapshot.busySeconds()).isEqualTo(3);
        assertThat(snapshot.waiting()).isEmpty();
        assertThat(snapshot.waitingSeconds()).isZero();
    }

    @Test
    void aWaitGoesOnUntilItsReasonChanges() {
        activity.waits(WaitReason.PAUSED);
        seconds(2);
        activity.waits(WaitReason.PAUSED);
        seconds(1);
        assertThat(activity.snapshot().waitingSeconds()).isEqualTo(3);
        activity.waitsAnew(WaitReason.PAUSED);
        seconds(1);
        assertThat(activity.snapshot().waitingSeconds()).isEqualTo(1);
        assertThat(activity.snapshot().waitSeconds()).containsEntry(WaitReason.PAUSED, 4.0);
        assertThat(activity.snapshot().completed()).isEqualTo(1);
    }

    private void seconds(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static StageSnapshot snapshot(
            long completed, double busy, double input, double demand, int depth, WaitReason waiting, double waited) {
        return new StageSnapshot(
                StageName.VERIFY,
                completed,
                busy,
                Map.of(
                        WaitReason.INPUT,
                        input,
                        WaitReason.DEMAND,
                        demand,
                        WaitReason.WEIGHTS,
                        0.0,
                        WaitReason.PAUSED,
                        0.0),
                depth,
                Optional.of(waiting),
                waited);
    }
}
