package dev.freshet.streams;

import dev.freshet.model.dataset.AdmittedExample;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * What a {@link DatasetPipeline} runs on.
 *
 * @param steps training steps still to be taken, at least 0; the pipeline completes after them
 * @param examples the example of each admission number
 * @param size examples of an epoch, at least 1
 * @param ledger where examples are accounted for, and from which number on they are admitted; used by one pipeline at a time
 * @param nanoTime a clock for durations, in nanoseconds from any fixed moment
 */
public record DatasetRun(
        DatasetPipelineSettings settings,
        long steps,
        LongFunction<AdmittedExample> examples,
        long size,
        DatasetPorts ports,
        GroupLedger ledger,
        LongSupplier nanoTime) {
    public DatasetRun {
        if (steps < 0) {
            throw new IllegalArgumentException("steps still to be taken must be at least 0, were " + steps);
        }
        if (size < 1) {
            throw new IllegalArgumentException("a dataset must have at least one example, had " + size);
        }
    }
}
