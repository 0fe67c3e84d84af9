package dev.freshet.ops.cli;

/** A run failed after it had begun: whatever the cause, that is not the user's mistake, and a resumed run may go on. */
public final class RunFailedException extends Exception {
    private static final long serialVersionUID = 1;

    public RunFailedException(Exception cause) {
        super(cause);
    }
}
