package dev.freshet.actors;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Finds what really went wrong behind the wrappers that futures put around it. */
public final class Failures {
    private Failures() {}

    /** The failure without the {@link CompletionException}s and {@link ExecutionException}s around it. */
    public static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException || cause instanceof ExecutionException) {
            Throwable inner = cause.getCause();
            if (inner == null) {
                return cause;
            }
            cause = inner;
        }
        return cause;
    }

    /** One line for a person: the message of the real failure, or its kind where it has none. */
    public static String describe(Throwable failure) {
        Throwable cause = rootCause(failure);
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
