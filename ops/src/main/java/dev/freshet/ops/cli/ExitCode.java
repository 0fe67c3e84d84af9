package dev.freshet.ops.cli;

/** What the process tells the shell. Scripts rely on the numbers. */
public final class ExitCode {
    /** Done, or cleanly drained. */
    public static final int DONE = 0;
    /** Failed while running. */
    public static final int FAILED = 1;
    /** Wrong usage or settings; nothing was started or written over. */
    public static final int USAGE = 2;
    /** Out of memory other than Java's heap, which ends with {@link #OUT_OF_HEAP}. */
    public static final int OUT_OF_MEMORY = 3;
    /** By SIGUSR1, on Linux: from the JVM that finds its heap too small, as the launcher tells it. */
    public static final int OUT_OF_HEAP = 138;

    private ExitCode() {}
}
