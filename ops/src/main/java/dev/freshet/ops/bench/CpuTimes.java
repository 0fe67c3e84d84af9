package dev.freshet.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a virtual machine's CPUs have spent since it began, in ticks: a host that gives them to somebody else meanwhile delays whatever
 * is measured, which a result should tell.
 *
 * @param stolen while work waited for a CPU that the host had given to others
 * @param all of all CPUs, idle ones too
 */
record CpuTimes(long stolen, long all) {
    private static final Path OF_THE_SYSTEM = Path.of("/proc/stat");
    private static final int STOLEN = 7;

    /** Guests' time, behind it, is part of other fields. */
    private static final int FIELDS = 8;

    /** All 0 where the system does not tell. */
    static CpuTimes now() throws IOException {
        return Files.isReadable(OF_THE_SYSTEM) ? parse(Files.readString(OF_THE_SYSTEM)) : new CpuTimes(0, 0);
    }

    /** @param stat text of {@code /proc/stat}, which begins with the sum over all CPUs */
    static CpuTimes parse(String stat) {
        long[] ticks = Arrays.stream(stat.lines().findFirst().orElse("").split(" +", -1))
                .skip(1)
                .limit(FIELDS)
                .mapToLong(Long::parseLong)
                .toArray();
        return ticks.length < FIELDS
                ? new CpuTimes(0, 0)
                : new CpuTimes(ticks[STOLEN], Arrays.stream(ticks).sum());
    }

    /** Of the time since then. */
    double stolenShareSince(CpuTimes then) {
        return all == then.all ? 0 : (double) (stolen - then.stolen) / (all - then.all);
    }
}
