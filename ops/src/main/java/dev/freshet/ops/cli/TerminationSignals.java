package dev.freshet.ops.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Turns Ctrl-C and SIGTERM into an orderly end: the run is asked to end, what waits for it goes on to its last line, and the
 * process exits with the code that it would have had. Without a run to end, a signal ends the process at once.
 */
public final class TerminationSignals {
    /** What shells say of a process that SIGTERM ended. */
    private static final int TERMINATED = 128 + 15;

    private final AtomicReference<@Nullable Request> request = new AtomicReference<>();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final Thread hook = new Thread(this::endInOrder, "termination-signals");

    private TerminationSignals() {}

    /** For who only looks at the commands: no signal is handled. */
    public static TerminationSignals unhandled() {
        return new TerminationSignals();
    }

    /** From here on a signal is handled, until {@link #exit}. */
    public static TerminationSignals install() {
        TerminationSignals signals = new TerminationSignals();
        Runtime.getRuntime().addShutdownHook(signals.hook);
        return signals;
    }

    /**
     * Calls {@code run} on this thread; a signal that comes meanwhile calls {@code ask} once, on a thread of its own.
     *
     * @param grace how long the process may take from then on to reach {@link #exit}; after it, it is ended with
     *     {@link ExitCode#FAILED}
     */
    public <T> T during(Duration grace, Runnable ask, Callable<T> run) throws Exception {
        request.set(new Request(grace, ask));
        try {
            return run.call();
        } finally {
            request.set(null);
        }
    }

    /** Ends the process. Does not return unless a signal has already begun to end it. */
    public void exit(int code) {
        exitCode.complete(code);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            return;
        }
        System.exit(code);
    }

    /** Runs as a shutdown hook. Only halting lets a hook choose the exit code. */
    private void endInOrder() {
        Request ending = request.get();
        if (ending != null) {
            ending.ask().run();
            Runtime.getRuntime().halt(awaitExitCode(ending.grace()));
            return;
        }
        // Halting skips libtorch's destructors, which would pull memory from under threads that are still in it.
        Runtime.getRuntime().halt(TERMINATED);
    }

    private int awaitExitCode(Duration grace) {
        try {
            return exitCode.get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            System.err.println(
                    "freshet: the run did not end within " + grace.toSeconds() + " s of being asked; ending it");
            return ExitCode.FAILED;
        } catch (ExecutionException | InterruptedException neverHappens) {
            return ExitCode.FAILED;
        }
    }

    private record Request(Duration grace, Runnable ask) {}
}
