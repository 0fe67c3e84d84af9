package dev.freshet.streams;

import java.util.Locale;

/** What a stage with nothing under way waits for. */
public enum WaitReason {
    /** For the stage before it to give it something. */
    INPUT,
    /** For the stage after it to take what is ready. */
    DEMAND,
    /** For the learner's next policy version. */
    WEIGHTS,
    /** For the run to be resumed. */
    PAUSED;

    /** The value of the metric label {@code reason}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
