package dev.freshet.model.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.util.BitSet;
import java.util.Optional;

/** On which CPUs a thread may run, by the system calls of Linux (sched_setaffinity(2)), which Java 17 has no words for. */
final class CpuAffinity {
    private static final int MASK_BYTES = 128;

    /** The two calls; each answers with -1 when it was refused. */
    interface LibC extends Library {
        int sched_getaffinity(int thread, NativeLong maskBytes, byte[] mask);

        int sched_setaffinity(int thread, NativeLong maskBytes, byte[] mask);
    }

    private final LibC libc;

    private CpuAffinity(LibC libc) {
        this.libc = libc;
    }

    /** Empty where there is no such thing. */
    static Optional<CpuAffinity> ofThisSystem() {
        if (!Platform.isLinux()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CpuAffinity(Native.load("c", LibC.class)));
        } catch (LinkageError noLibrary) {
            return Optional.empty();
        }
    }

    /** @param thread its number in the system; 0 is the calling one. Empty when there is no such thread any more */
    Optional<BitSet> get(int thread) {
        byte[] mask = new byte[MASK_BYTES];
        return libc.sched_getaffinity(thread, new NativeLong(MASK_BYTES), mask) < 0
                ? Optional.empty()
                : Optional.of(BitSet.valueOf(mask));
    }

    /** @return whether it could be set: the thread may have ended */
    boolean set(int thread, BitSet cpus) {
        byte[] mask = new byte[MASK_BYTES];
        byte[] bits = cpus.toByteArray();
        System.arraycopy(bits, 0, mask, 0, bits.length);
        return libc.sched_setaffinity(thread, new NativeLong(MASK_BYTES), mask) == 0;
    }
}
