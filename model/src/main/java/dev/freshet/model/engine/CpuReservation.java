package dev.freshet.model.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * CPUs that, while they are held, only the threads of one {@link EngineThread} run on, and all other threads of this process keep
 * off. Where every CPU has work, the operating system moves threads about and puts short-lived ones next to a training step, which
 * then takes a third longer; see {@code docs/adr/023-cpus-of-its-own.md}.
 *
 * <p>A thread begins on the CPUs of the thread that starts it. So OpenMP's workers of the role stay with it, and so does a stray
 * that the role's own thread happens to start, until the CPUs are held the next time.
 */
public final class CpuReservation {
    private static final Path THREADS = Path.of("/proc/self/task");

    /** The length to which Linux cuts a thread's name. */
    private static final int NAME_LENGTH = 15;

    private final CpuAffinity affinity;
    private final String threadName;
    private final BitSet all;
    private final BitSet own;
    private final BitSet rest;

    private CpuReservation(CpuAffinity affinity, String threadName, BitSet all, int cpus) {
        this.affinity = affinity;
        this.threadName = threadName.substring(0, Math.min(threadName.length(), NAME_LENGTH));
        this.all = all;
        this.own = new BitSet();
        // The highest ones: the first is where most systems handle their interrupts.
        all.stream().skip(all.cardinality() - cpus).forEach(own::set);
        this.rest = (BitSet) all.clone();
        rest.andNot(own);
    }

    /**
     * Chooses the CPUs; nothing is held yet.
     *
     * @param threadName of the {@link EngineThread}, which need not run yet
     * @param cpus at least 1
     * @return nothing where threads cannot be placed, no CPU would be left for the others, or this process may use only a part of
     *     its CPUs' time: then it shares them with neighbours that would all choose the same one
     */
    public static Optional<CpuReservation> of(String threadName, int cpus) {
        return CpuAffinity.ofThisSystem()
                .flatMap(affinity -> affinity.get(0)
                        .filter(usable -> usable.cardinality() > cpus)
                        .filter(usable ->
                                usable.cardinality() == Runtime.getRuntime().availableProcessors())
                        .map(usable -> new CpuReservation(affinity, threadName, usable, cpus)));
    }

    /** As {@code 1} or {@code 2,3}. */
    public String cpus() {
        return String.join(",", own.stream().mapToObj(Integer::toString).toList());
    }

    /** Takes about a millisecond, most of it to read the threads' names. */
    public void hold() {
        threads().forEach(thread -> affinity.set(thread, isOwner(thread) ? own : rest));
    }

    /** All threads may run on all of the process's CPUs. */
    public void release() {
        threads().forEach(thread -> affinity.set(thread, all));
    }

    private boolean isOwner(int thread) {
        try {
            return Files.readString(THREADS.resolve(thread + "/comm")).strip().equals(threadName);
        } catch (IOException ended) {
            return false;
        }
    }

    private static List<Integer> threads() {
        try (Stream<Path> tasks = Files.list(THREADS)) {
            return tasks.map(task -> Integer.valueOf(task.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list this process's threads in " + THREADS, e);
        }
    }
}
