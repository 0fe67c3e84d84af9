package dev.freshet.ops.cli;

/** Whether a run begins or goes on. */
public enum ResumeMode {
    /** The run directory must be new or empty. */
    FRESH,
    /** Goes on from the newest good checkpoint of the run directory. */
    RESUME
}
