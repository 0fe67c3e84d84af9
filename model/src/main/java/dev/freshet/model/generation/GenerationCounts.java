package dev.freshet.model.generation;

/**
 * Running totals of a generator.
 *
 * @param rollouts finished rollouts
 * @param generatedTokens sampled tokens of finished and unfinished rollouts
 * @param promptTokens prompt tokens prefilled, once a group
 * @param busyNanos time spent in native calls, in nanoseconds
 * @param swaps times that newer weights were taken up
 */
public record GenerationCounts(long rollouts, long generatedTokens, long promptTokens, long busyNanos, long swaps) {
    public static final GenerationCounts NONE = new GenerationCounts(0, 0, 0, 0, 0);

    public GenerationCounts plus(GenerationCounts other) {
        return new GenerationCounts(
                rollouts + other.rollouts,
                generatedTokens + other.generatedTokens,
                promptTokens + other.promptTokens,
                busyNanos + other.busyNanos,
                swaps + other.swaps);
    }
}
