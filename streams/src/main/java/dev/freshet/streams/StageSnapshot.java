package dev.freshet.streams;

import java.util.Map;
import java.util.Optional;

/**
 * How a stage has spent its time since the pipeline began.
 *
 * @param completed groups (batches, at the learner) that have left the stage, passed on or ended there
 * @param busySeconds time with at least one call under way
 * @param waitSeconds time with none, by what it waited for; every reason has an entry
 * @param queueDepth groups (batches, at the learner) that the stage holds
 * @param waiting what the stage waits for now, or empty while it is busy
 * @param waitingSeconds how long it has waited for that, or 0
 */
public record StageSnapshot(
        StageName stage,
        long completed,
        double busySeconds,
        Map<WaitReason, Double> waitSeconds,
        int queueDepth,
        Optional<WaitReason> waiting,
        double waitingSeconds) {
    public StageSnapshot {
        waitSeconds = Map.copyOf(waitSeconds);
    }
}
