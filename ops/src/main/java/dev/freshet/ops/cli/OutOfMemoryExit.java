package dev.freshet.ops.cli;

import dev.freshet.model.engine.OutOfMemory;
import java.io.PrintStream;

/**
 * Ends the process at once, with {@link ExitCode#OUT_OF_MEMORY} and a line that says so, when a thread finds that there is no
 * memory: whichever part it is of, others may wait for it for ever. What is on the disk is whole at any moment. Other uncaught
 * exceptions are printed, as the JVM does.
 */
public final class OutOfMemoryExit implements Thread.UncaughtExceptionHandler {
    private final PrintStream err;

    private OutOfMemoryExit(PrintStream err) {
        this.err = err;
    }

    /** From here on, for all threads that have no handler of their own, and for whatever is reported. */
    public static void install() {
        Thread.setDefaultUncaughtExceptionHandler(new OutOfMemoryExit(System.err));
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        if (OutOfMemory.isCauseOf(failure)) {
            try {
                err.println(line(thread, failure));
            } finally {
                // Not an orderly exit, whose hooks wait for the run to end.
                ImmediateExit.with(ExitCode.OUT_OF_MEMORY);
            }
        }
        err.print("Exception in thread \"" + thread.getName() + "\" ");
        failure.printStackTrace(err);
    }

    static String line(Thread thread, Throwable failure) {
        return "freshet: out of memory in thread " + thread.getName() + ": " + OutOfMemory.complaint(failure)
                + "; make the model or the batch smaller, or raise FRESHET_HEAP";
    }
}
