package dev.freshet.ops.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;

/**
 * Ends the process by _exit(2). {@link Runtime#halt} skips Java's hooks, but goes by exit(3) all the same, which runs the destructors
 * of libtorch: they pull memory from under threads that still compute, and the process may crash instead of ending with its code.
 */
final class ImmediateExit {
    /** The call. */
    interface LibC extends Library {
        void _exit(int code);
    }

    private ImmediateExit() {}

    /** Does not return. */
    static void with(int code) {
        try {
            Native.load("c", LibC.class)._exit(code);
        } finally {
            Runtime.getRuntime().halt(code); // Where there is no such call.
        }
    }
}
