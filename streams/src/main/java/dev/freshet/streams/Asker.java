package dev.freshet.streams;

/** Who wanted an evaluation. */
public enum Asker {
    /** The run, of itself: before its first step and after its last. */
    RUN,
    /** The run, of itself and beside its steps, every so many of them. */
    INTERVAL,
    CALLER
}
