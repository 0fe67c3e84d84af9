package dev.freshet.ops.training;

import dev.freshet.actors.RunControl.StopMode;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The wish that a run ends before its time: remembered for whoever can grant it, and an interrupt for what takes minutes and may
 * be given up. Nothing else is interrupted, so that no file or native call is disturbed. Safe for threads.
 */
final class EndWish {
    private @Nullable StopMode mode;
    private @Nullable Thread interruptible;
    private Runnable onWish = () -> {};

    synchronized void add(StopMode wanted) {
        if (mode != StopMode.NOW) {
            mode = wanted;
        }
        if (interruptible != null) {
            interruptible.interrupt();
        }
        onWish.run();
    }

    /** Has somebody told of each wish, from now on, and at once if there is one. What is told must be quick, and take no locks. */
    synchronized void tell(Runnable listener) {
        onWish = listener;
        if (mode != null) {
            listener.run();
        }
    }

    synchronized Optional<StopMode> mode() {
        return Optional.ofNullable(mode);
    }

    /** @throws InterruptedException if there is the wish */
    synchronized void requireNone() throws InterruptedException {
        if (mode != null) {
            throw new InterruptedException("told to end");
        }
    }

    /**
     * Calls what may be given up; the wish interrupts it. What comes back in spite of the wish is the caller's to close.
     *
     * @throws InterruptedException if there is the wish already, or the call fails after it came: how it fails then, tells nothing
     */
    <T> T interruptible(Callable<T> work) throws Exception {
        enter();
        try {
            return work.call();
        } catch (Exception failure) {
            requireNone();
            throw failure;
        } finally {
            leave();
        }
    }

    private synchronized void enter() throws InterruptedException {
        requireNone();
        interruptible = Thread.currentThread();
    }

    /** An interrupt that nobody noticed would hit what comes next. */
    private synchronized void leave() {
        interruptible = null;
        boolean unused = Thread.interrupted();
    }
}
