package dev.freshet.ops.bench;

import dev.freshet.actors.Run;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.model.engine.OpenArrays;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** The open arrays by kind while nothing of a run is under way, so that those of running calls are not among them. */
final class ArraysAtRest {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private ArraysAtRest() {}

    /**
     * Pauses the run, and leaves it paused.
     *
     * @throws IllegalStateException if the run does not come to rest
     */
    static Map<String, Integer> count(Run run) {
        run.pause(PauseMode.AFTER_STEP).toCompletableFuture().join();
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        Map<String, Integer> before;
        Map<String, Integer> now = byLabel();
        // A group is handed over a moment before its call closes its arrays: hence the second look.
        do {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the paused run must come to rest within " + DEADLINE + ", its stages were " + run.stages());
            }
            before = now;
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            now = byLabel();
        } while (isBusy(run) || !now.equals(before));
        return now;
    }

    private static boolean isBusy(Run run) {
        return run.stages().stream().anyMatch(stage -> stage.waiting().isEmpty());
    }

    private static Map<String, Integer> byLabel() {
        Map<String, Integer> counts = new TreeMap<>();
        OpenArrays.count().forEach((kind, count) -> counts.put(kind.label(), count));
        return counts;
    }
}
