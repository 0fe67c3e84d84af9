package dev.freshet.actors;

/** A command was refused; the message gives the value, the rule and the remedy. */
public final class RefusedException extends RuntimeException {
    private final Kind kind;

    public RefusedException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Why, in the words of gRPC's status codes. */
    public enum Kind {
        INVALID_ARGUMENT,
        FAILED_PRECONDITION,
        NOT_FOUND
    }
}
