package dev.freshet.model.dataset;

import org.jspecify.annotations.Nullable;

/** A line of a dataset that cannot be used; the message names it by file and number, and says why. */
public final class BadLineException extends Exception {
    /** What is wrong with it. */
    public enum Fault {
        /** It is no JSON object, lacks a field, or has one of another type, or text that the tokenizer has no tokens for. */
        MALFORMED,
        /** There is no room for it. */
        TOO_LONG
    }

    private final Fault fault;

    BadLineException(Fault fault, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
