package dev.freshet.ops.control;

/** A control call failed; the message is one line for the user. */
public final class ControlException extends RuntimeException {
    private final boolean badRequest;

    private ControlException(String message, boolean badRequest, Throwable cause) {
        super(message, cause);
        this.badRequest = badRequest;
    }

    /** The command named something that does not exist, or a value out of range. */
    static ControlException badRequest(String message, Throwable cause) {
        return new ControlException(message, true, cause);
    }

    /** The command was in order, but the run refused it, did not answer, or is not there. */
    static ControlException failed(String message, Throwable cause) {
        return new ControlException(message, false, cause);
    }

    public boolean isBadRequest() {
        return badRequest;
    }
}
