package dev.freshet.ops.control;

import java.util.function.Consumer;

/** Told of every call of the control service, from any thread. Must be quick and not throw. */
@FunctionalInterface
public interface CallListener {
    /**
     * A call has begun.
     *
     * @param command the method in snake_case, for example {@code switch_divergence}
     * @return told once how it ended: {@code ok}, or the status code in lower case, for example {@code invalid_argument}
     */
    Consumer<String> begun(String command);

    /** A connection was closed as it came, since there are as many as there may be. */
    default void connectionRefused() {}
}
