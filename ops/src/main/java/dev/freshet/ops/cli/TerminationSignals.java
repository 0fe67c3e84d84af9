package dev.freshet.ops.cli;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Turns Ctrl-C and SIGTERM into an orderly end: the run is asked to end, then told to hurry if that takes too long; what waits for
 * it goes on to its last line, and the process exits with the code that it would have had. Without a run to end, a signal ends the
 * process at once.
 */
public final class TerminationSignals {
    /** What shells say of a process that SIGTERM ended. */
    private static final int TERMINATED = 128 + 15;

    /** What a process may take, once its run is over, to close what it has. */
    private static final Duration CLOSING = Duration.ofMinutes(1);

    private final AtomicReference<@Nullable Ending> request = new AtomicReference<>();
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
     * How a run is ended.
     *
     * @param ask for its end, once
     * @param patience how long the process may then take to reach {@link #exit}
     * @param hurry tells it, once, to end without what takes long
     * @param grace how long it may take from then on; after that, it is ended with {@link ExitCode#FAILED}
     */
    public record Ending(Runnable ask, Duration patience, Runnable hurry, Duration grace) {
        /** Of a process whose run is over: there is nobody to ask any more. */
        private Ending ofWhatIsLeft() {
            return new Ending(() -> {}, CLOSING, () -> {}, Duration.ZERO);
        }
    }

    /**
     * Calls {@code run} on this thread; a signal that comes meanwhile ends it as {@code ending} says, on a thread of its own. One that
     * comes afterwards, while the process closes what it has, changes nothing: the process has a minute for that.
     */
    public <T> T during(Ending ending, Callable<T> run) throws Exception {
        request.set(ending);
        try {
            return run.call();
        } finally {
            request.set(ending.ofWhatIsLeft());
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

    /** Runs as a shutdown hook. Only ending at once lets a hook choose the exit code. */
    private void endInOrder() {
        Ending ending = request.get();
        if (ending != null) {
            ImmediateExit.with(codeOf(ending));
            return;
        }
        ImmediateExit.with(TERMINATED);
    }

    private int codeOf(Ending ending) {
        ending.ask().run();
        OptionalInt inTime = await(ending.patience());
        if (inTime.isPresent()) {
            return inTime.getAsInt();
        }
        ending.hurry().run();
        OptionalInt late = await(ending.grace());
        if (late.isEmpty()) {
            System.err.println("freshet: the process did not end within "
                    + ending.patience().plus(ending.grace()).toSeconds() + " s of being asked; ending it");
        }
        return late.orElse(ExitCode.FAILED);
    }

    /** Empty if there is none in time. */
    private OptionalInt await(Duration time) {
        try {
            return OptionalInt.of(exitCode.get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException late) {
            return OptionalInt.empty();
        } catch (ExecutionException | InterruptedException neverHappens) {
            return OptionalInt.of(ExitCode.FAILED);
        }
    }
}
