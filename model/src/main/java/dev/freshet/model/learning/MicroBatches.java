package dev.freshet.model.learning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts sequences into micro-batches that fit a budget of token positions. Sequences of similar length go together, because
 * every row of a micro-batch costs as much as its longest.
 */
final class MicroBatches {
    /** Share of padding beyond which a shorter sequence begins a micro-batch of its own kind. */
    private static final double MAX_PADDING = 0.25;

    /** Padding is suffered in micro-batches below this share of the budget: many small calls cost more. */
    private static final double SMALL = 0.125;

    private MicroBatches() {}

    /** The sequences' indices, longest first; a sequence longer than the budget stands alone. */
    static List<List<Integer>> cut(List<TokenSequence> sequences, int tokenBudget) {
        List<Integer> longestFirst = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        (Integer index) -> -sequences.get(index).positions()))
                .toList();
        List<List<Integer>> cuts = new ArrayList<>();
        List<Integer> current = new ArrayList<>();
        int width = 0;
        long used = 0;
        for (int index : longestFirst) {
            int length = sequences.get(index).positions();
            long padded = (long) (current.size() + 1) * width;
            boolean full = padded > tokenBudget;
            boolean wasteful = padded - used - length > MAX_PADDING * padded && used > SMALL * tokenBudget;
            if (!current.isEmpty() && (full || wasteful)) {
                cuts.add(List.copyOf(current));
                current.clear();
            }
            if (current.isEmpty()) {
                width = length;
                used = 0;
            }
            current.add(index);
            used += length;
        }
        if (!current.isEmpty()) {
            cuts.add(List.copyOf(current));
        }
        return cuts;
    }
}
