package dev.freshet.ops.bench;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * When a process is to die, chosen before it starts.
 *
 * @param trigger what is waited for first
 * @param times how often it has to happen
 * @param later how long after that
 */
record KillMoment(Trigger trigger, int times, Duration later) {
    private static final int MOST_STEPS = 12;
    private static final int MOST_CHECKPOINTS = 4;
    private static final Duration A_STEP = Duration.ofMillis(60);
    private static final Duration A_WRITE = Duration.ofMillis(4);
    private static final Duration AN_END = Duration.ofMillis(400);

    /** What happens in a run. */
    enum Trigger {
        /** The process has started. */
        START,
        /** A step of this attempt is journalled. */
        STEP,
        /** The directory is there in which a checkpoint is being written. */
        CHECKPOINT,
        /** The last step has been taken. */
        END
    }

    /**
     * Three of eight moments fall anywhere between start and end, two between steps, two in a checkpoint, and one near the end.
     *
     * @param whole how long an uninterrupted run takes
     */
    static KillMoment draw(SplittableRandom random, Duration whole) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> new KillMoment(Trigger.STEP, random.nextInt(1, MOST_STEPS + 1), upTo(A_STEP, random));
            case 2, 3 ->
                new KillMoment(Trigger.CHECKPOINT, random.nextInt(1, MOST_CHECKPOINTS + 1), upTo(A_WRITE, random));
            case 4 -> new KillMoment(Trigger.END, 1, upTo(AN_END, random));
            default -> new KillMoment(Trigger.START, 1, upTo(whole, random));
        };
    }

    private static Duration upTo(Duration longest, SplittableRandom random) {
        return Duration.ofNanos(random.nextLong(longest.toNanos()));
    }
}
