package dev.freshet.actors;

import java.util.Locale;

/** The states of a run's life, in their usual order. */
public enum RunState {
    STARTING,
    RUNNING,
    PAUSED,
    DRAINING,
    STOPPED,
    FAILED;

    /** The name in status, events and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
