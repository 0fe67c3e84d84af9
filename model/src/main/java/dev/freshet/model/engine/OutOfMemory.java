package dev.freshet.model.engine;

import ai.djl.engine.EngineException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells want of memory, Java's or native, from other failures. A process that lacks memory cannot be trusted to fail in order: who
 * finds it out reports it, and what the process has installed as its handler of uncaught exceptions ends the process.
 */
public final class OutOfMemory {
    /** The operating system's complaint. */
    private static final String SYSTEM = "Cannot allocate memory";

    /** Parts of the complaints of libtorch, its CUDA allocator, the C++ library and the operating system. */
    private static final List<String> NATIVE =
            List.of("DefaultCPUAllocator: ", "CUDA out of memory", "bad_alloc", SYSTEM);

    /** Causes looked at; a longer chain is a circle. */
    private static final int DEPTH = 100;

    private OutOfMemory() {}

    /** Whether want of memory is the failure, or what caused it. */
    public static boolean isCauseOf(Throwable failure) {
        return cause(failure).isPresent();
    }

    /** The want of memory behind a failure; empty if it has another cause. */
    public static Optional<Throwable> cause(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(DEPTH)
                .filter(OutOfMemory::isItself)
                .findFirst();
    }

    /** What the want of memory behind a failure says of itself, in one line; an interpreter says first where it was. */
    public static String complaint(Throwable failure) {
        String message = String.valueOf(cause(failure).orElse(failure).getMessage());
        return message.lines()
                .filter(OutOfMemory::isComplaint)
                .findFirst()
                .or(() -> message.lines().findFirst())
                .orElse(message)
                .strip();
    }

    /** Hands want of memory to the process's handler of uncaught exceptions, if it has one; does nothing for other failures. */
    public static void report(Throwable failure) {
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        if (handler != null && isCauseOf(failure)) {
            handler.uncaughtException(Thread.currentThread(), failure);
        }
    }

    /** Words alone are nothing: a refusal quotes its caller's, and a verifier's failure may quote the policy's. */
    private static boolean isItself(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof OutOfMemoryError
                || (failure instanceof EngineException && isComplaint(message))
                || (failure instanceof IOException && message.endsWith(SYSTEM));
    }

    private static boolean isComplaint(String text) {
        return NATIVE.stream().anyMatch(text::contains);
    }
}
