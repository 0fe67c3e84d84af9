package dev.freshet.streams;

import dev.freshet.model.rollout.Prompt;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * What a {@link RolloutPipeline} runs on.
 *
 * @param steps training steps still to be taken, at least 0; the pipeline completes after them
 * @param prompts the prompt of each admission number
 * @param ledger where groups are accounted for, and from which number on they are admitted; used by one pipeline at a time
 * @param nanoTime a clock for durations, in nanoseconds from any fixed moment
 */
public record RolloutRun(
        PipelineSettings settings,
        long steps,
        LongFunction<Prompt> prompts,
        PipelinePorts ports,
        GroupLedger ledger,
        LongSupplier nanoTime) {
    public RolloutRun {
        if (steps < 0) {
            throw new IllegalArgumentException("steps still to be taken must be at least 0, were " + steps);
        }
    }
}
