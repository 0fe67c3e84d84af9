package dev.freshet.streams;

import java.util.Locale;

/** How an evaluation that was due came to nothing. */
public enum MissedEvaluation {
    /** It was not begun: another was under way, or the run was told to end. */
    SKIPPED,
    /** It was begun, and failed or was given up. */
    FAILED;

    /** The value of the metric label {@code outcome}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
