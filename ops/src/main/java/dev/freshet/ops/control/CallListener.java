package dev.freshet.ops.control;

/** Told of every call of the control service when it has ended, from any thread. Must be quick and not throw. */
@FunctionalInterface
public interface CallListener {
    /**
     * @param command the method in snake_case, for example {@code switch_divergence}
     * @param result {@code ok}, or the status code in lower case, for example {@code invalid_argument}
     */
    void ended(String command, String result);
}
