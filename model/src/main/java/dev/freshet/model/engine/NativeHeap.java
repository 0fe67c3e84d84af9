package dev.freshet.model.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import java.util.Optional;

/**
 * The C library's memory, where CPU tensors are, by two calls of glibc (mallinfo(3), malloc_trim(3)). What is free in it is kept
 * for the next tensor, and what was once free between others of other sizes may lie idle from then on, so its size tells little of
 * what is in use.
 */
public final class NativeHeap {
    /** The calls. */
    interface LibC extends Library {
        Counts mallinfo2();

        int malloc_trim(NativeLong pad);
    }

    /** {@code struct mallinfo2}. */
    @FieldOrder({
        "arena",
        "ordblks",
        "smblks",
        "hblks",
        "hblkhd",
        "usmblks",
        "fsmblks",
        "uordblks",
        "fordblks",
        "keepcost"
    })
    public static final class Counts extends Structure implements Structure.ByValue {
        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        public long hblkhd;
        public long usmblks;
        public long fsmblks;
        public long uordblks;
        public long fordblks;
        public long keepcost;
    }

    /**
     * @param allocated bytes in use
     * @param free bytes kept for later
     */
    public record Use(long allocated, long free) {}

    private final LibC libc;

    private NativeHeap(LibC libc) {
        this.libc = libc;
    }

    /** Empty where the C library is not glibc 2.33 or newer. */
    public static Optional<NativeHeap> ofThisSystem() {
        if (!Platform.isLinux()) {
            return Optional.empty();
        }
        try {
            NativeHeap heap = new NativeHeap(Native.load("c", LibC.class));
            heap.use();
            return Optional.of(heap);
        } catch (LinkageError noSuchCall) {
            return Optional.empty();
        }
    }

    /** Of all arenas together. */
    public Use use() {
        Counts counts = libc.mallinfo2();
        return new Use(counts.uordblks + counts.hblkhd, counts.fordblks);
    }

    /** Gives what is free back to the system, page by page; whoever allocates meanwhile waits. */
    public void trim() {
        libc.malloc_trim(new NativeLong(0));
    }
}
