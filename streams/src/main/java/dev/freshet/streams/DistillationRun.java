package dev.freshet.streams;

import java.util.function.LongSupplier;

/**
 * What a {@link DistillationPipeline} runs on.
 *
 * @param steps training steps still to be taken, at least 0; the pipeline completes after them
 * @param ledger where rounds are accounted for, and from which number on they are admitted; used by one pipeline at a time
 * @param nanoTime a clock for durations, in nanoseconds from any fixed moment
 */
public record DistillationRun(long steps, DistillationPorts ports, GroupLedger ledger, LongSupplier nanoTime) {
    public DistillationRun {
        if (steps < 0) {
            throw new IllegalArgumentException("steps still to be taken must be at least 0, were " + steps);
        }
    }
}
