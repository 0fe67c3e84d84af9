package dev.freshet.model.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.util.Optional;

/**
 * How readily a thread gives way to others, by nice(2), which on Linux is of a thread and not of its process. A JVM of default settings
 * does not hand Java's priorities on to the system.
 */
final class ThreadNiceness {
    /** Anybody may raise it, and only root lower it again. */
    interface LibC extends Library {
        int nice(int increment);
    }

    private static final Optional<LibC> LIBC = libc();

    private ThreadNiceness() {}

    /** Of the calling thread, and of those that it will start in native code. Does nothing on other systems. */
    static void raise(int by) {
        LIBC.ifPresent(libc -> libc.nice(by));
    }

    private static Optional<LibC> libc() {
        if (!Platform.isLinux()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Native.load("c", LibC.class));
        } catch (LinkageError noLibrary) {
            return Optional.empty();
        }
    }
}
