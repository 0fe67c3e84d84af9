package dev.freshet.model.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * CPUs that only the threads of one {@link EngineThread} run on, and all other threads of this process keep off. Where every CPU
 * has work, the operating system moves threads about and puts short-lived ones next to a training step that then takes a third
 * longer; see {@code docs/adr/023-cpus-of-its-own.md}.
 *
 * <p>A thread begins on the CPUs of the thread that starts it: OpenMP's workers of the role stay with it, and so would a
 * dispatcher's thread that the role's own thread happens to start. Threads are therefore looked through again and again.
 */
public final class CpuReservation implements AutoCloseable {
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final Duration LOOKED_THROUGH_EVERY = Duration.ofSeconds(2);

    /** The length to which Linux cuts a thread's name. */
    private static final int NAME_LENGTH = 15;

    private final CpuAffinity affinity;
    private final String threadName;
    private final BitSet own;
    private final BitSet shared;
    private final ScheduledExecutorService again;

    private CpuReservation(CpuAffinity affinity, String threadName, BitSet own, BitSet shared) {
        this.affinity = affinity;
        this.threadName = threadName.substring(0, Math.min(threadName.length(), NAME_LENGTH));
        this.own = own;
        this.shared = shared;
        this.again = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "cpu-reservation");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Reserves CPUs until the result is closed.
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
                        .map(usable -> start(affinity, threadName, usable, cpus)));
    }

    private static CpuReservation start(CpuAffinity affinity, String threadName, BitSet usable, int cpus) {
        // The highest ones: the first is where most systems handle their interrupts.
        BitSet own = new BitSet();
        usable.stream().skip(usable.cardinality() - cpus).forEach(own::set);
        BitSet shared = (BitSet) usable.clone();
        shared.andNot(own);
        CpuReservation reservation = new CpuReservation(affinity, threadName, own, shared);
        reservation.place();
        long millis = LOOKED_THROUGH_EVERY.toMillis();
        var unused =
                reservation.again.scheduleWithFixedDelay(reservation::place, millis, millis, TimeUnit.MILLISECONDS);
        return reservation;
    }

    /** As {@code 1} or {@code 2-3,5}. */
    public String cpus() {
        return String.join(",", own.stream().mapToObj(Integer::toString).toList());
    }

    /** All threads may run on all of the process's CPUs again. */
    @Override
    public void close() {
        again.shutdownNow();
        BitSet all = (BitSet) own.clone();
        all.or(shared);
        threads().forEach(thread -> affinity.set(thread, all));
    }

    private void place() {
        threads().forEach(thread -> affinity.set(thread, isOwner(thread) ? own : shared));
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
