package dev.freshet.model.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.util.Optional;

/**
 * How readily a thread gives way to others, by setpriority(2), which on Linux is of a thread and not of its process. A JVM of default
 * settings does not hand Java's priorities on to the system.
 */
final class ThreadNiceness {
    private static final int OF_A_THREAD = 0;
    private static final int THE_CALLING_ONE = 0;
    private static final int LARGEST = 19;

    /** Anybody may raise it, and only root lower it again. */
    interface LibC extends Library {
        int getpriority(int which, int who);

        int setpriority(int which, int who, int niceness);
    }

    private static final Optional<LibC> LIBC = libc();

    private ThreadNiceness() {}

    /**
     * Makes the calling thread, and those that it will start, so much nicer than the process was started. Not than the calling thread
     * is: it may have been started by one that has been raised. Does nothing on other systems.
     */
    static void raiseTo(int aboveTheProcess) {
        LIBC.ifPresent(libc -> {
            int process = (int) ProcessHandle.current().pid(); // Its first thread has the same number.
            int wanted = Math.min(LARGEST, libc.getpriority(OF_A_THREAD, process) + aboveTheProcess);
            if (libc.getpriority(OF_A_THREAD, THE_CALLING_ONE) < wanted) {
                libc.setpriority(OF_A_THREAD, THE_CALLING_ONE, wanted);
            }
        });
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
