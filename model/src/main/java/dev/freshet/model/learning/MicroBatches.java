package dev.freshet.model.learning;

import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.FewSizes;
import dev.freshet.model.learning.MicroBatch.Share;
import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Cuts sequences into micro-batches that fit a budget of token positions. Sequences of one prompt share it where that saves more than it
 * costs: whoever stands in a row is compared with all others there, seen or not. Then shares stand side by side in rows of one
 * length. Else sequences of similar length go together, one a row, because every row costs as much as its longest.
 */
final class MicroBatches {
    /** Share of padding beyond which a shorter sequence begins a micro-batch of its own kind. */
    private static final double MAX_PADDING = 0.25;

    /** Padding is suffered in micro-batches below this share of the budget: many small calls cost more. */
    private static final double SMALL = 0.125;

    /** What attention over a row costs of the matrix products, times the model's width, for each position of the row. */
    private static final double COST_OF_A_POSITION = 1.0 / 6;

    /** Of rows that stand alone: few sizes, and such as GPUs like. */
    private static final int STEP = 8;

    private static final Comparator<Share> LONGEST_FIRST = Comparator.comparingInt(share -> -share.positions());

    private MicroBatches() {}

    /**
     * Longest first; none has more positions than the budget, or than the longest sequence.
     *
     * @param tokenBudget positions, padding included
     * @param modelWidth of the decoder, at least 1
     */
    static List<MicroBatch> cut(List<TokenSequence> sequences, int tokenBudget, int modelWidth) {
        List<Share> alone = alone(sequences);
        int longest = alone.isEmpty() ? 0 : alone.get(0).positions();
        int rowLength = Math.max(longest, Math.min(modelWidth, tokenBudget));
        List<Share> shared = shares(sequences, Math.max(longest, rowLength / 2));
        double costs = COST_OF_A_POSITION * rowLength / modelWidth;
        boolean isWorthIt = positions(shared) < (1 - costs) * positions(alone);
        return isWorthIt ? sideBySide(shared, tokenBudget, rowLength) : oneARow(alone, tokenBudget);
    }

    /** Indices of examples, whose sequences stay together, each a row as long as the longest of them. */
    static List<List<Integer>> cutExamples(List<TokenisedExample> examples, int tokenBudget) {
        int rows = examples.get(0).kind().sequences();
        List<Share> longestFirst = IntStream.range(0, examples.size())
                .mapToObj(index -> new Share(List.of(index), examples.get(index).positions()))
                .sorted(LONGEST_FIRST)
                .toList();
        return oneARow(longestFirst, Math.max(1, tokenBudget / rows)).stream()
                .map(MicroBatch::sequences)
                .toList();
    }

    private static List<MicroBatch> oneARow(List<Share> longestFirst, int tokenBudget) {
        List<MicroBatch> cuts = new ArrayList<>();
        List<List<Share>> rows = new ArrayList<>();
        int width = 0;
        long used = 0;
        for (Share share : longestFirst) {
            long padded = (rows.size() + 1L) * width;
            boolean full = padded > tokenBudget;
            boolean wasteful = padded - used - share.positions() > MAX_PADDING * padded && used > SMALL * tokenBudget;
            if (!rows.isEmpty() && (full || wasteful)) {
                cuts.add(new MicroBatch(rows, width));
                rows.clear();
            }
            if (rows.isEmpty()) {
                width = share.positions();
                used = 0;
            }
            rows.add(List.of(share));
            used += share.positions();
        }
        if (!rows.isEmpty()) {
            cuts.add(new MicroBatch(rows, width));
        }
        return cuts;
    }

    /** Each share goes into the first row that has room for it, so that short ones fill up what long ones leave. */
    private static List<MicroBatch> sideBySide(List<Share> longestFirst, int tokenBudget, int rowLength) {
        if (positions(longestFirst) <= rowLength) {
            int width = (int) Math.min(rowLength, (positions(longestFirst) + STEP - 1) / STEP * STEP);
            return List.of(new MicroBatch(List.of(longestFirst), width));
        }
        int mostRows = Math.max(1, tokenBudget / rowLength);
        List<MicroBatch> cuts = new ArrayList<>();
        List<List<Share>> rows = new ArrayList<>();
        List<Integer> room = new ArrayList<>();
        for (Share share : longestFirst) {
            int row = 0;
            while (row < rows.size() && room.get(row) < share.positions()) {
                row++;
            }
            if (row == mostRows) {
                cuts.add(new MicroBatch(rows, rowLength));
                rows.clear();
                room.clear();
                row = 0;
            }
            if (row == rows.size()) {
                rows.add(new ArrayList<>());
                room.add(rowLength);
            }
            rows.get(row).add(share);
            room.set(row, room.get(row) - share.positions());
        }
        int paddedRows = Math.min(mostRows, FewSizes.atLeast(rows.size()));
        while (rows.size() < paddedRows) {
            rows.add(List.of());
        }
        cuts.add(new MicroBatch(rows, rowLength));
        return cuts;
    }

    private static long positions(List<Share> shares) {
        return shares.stream().mapToLong(Share::positions).sum();
    }

    private static List<Share> alone(List<TokenSequence> sequences) {
        return IntStream.range(0, sequences.size())
                .mapToObj(
                        index -> new Share(List.of(index), sequences.get(index).positions()))
                .sorted(LONGEST_FIRST)
                .toList();
    }

    /** @param most positions of a share, and of a sequence */
    private static List<Share> shares(List<TokenSequence> sequences, int most) {
        Map<Tokens, List<Integer>> ofPrompt = new LinkedHashMap<>();
        IntStream.range(0, sequences.size())
                .forEach(index -> ofPrompt.computeIfAbsent(sequences.get(index).prompt(), prompt -> new ArrayList<>())
                        .add(index));
        return ofPrompt.values().stream()
                .map(indices -> shares(sequences, indices, most))
                .flatMap(Collection::stream)
                .sorted(LONGEST_FIRST)
                .toList();
    }

    private static List<Share> shares(List<TokenSequence> sequences, List<Integer> ofOnePrompt, int most) {
        List<Share> shares = new ArrayList<>();
        List<Integer> together = new ArrayList<>();
        int positions = 0;
        for (int index : ofOnePrompt) {
            TokenSequence sequence = sequences.get(index);
            int behindPrompt = sequence.positions() - sequence.prompt().size();
            if (!together.isEmpty() && positions + behindPrompt > most) {
                shares.add(new Share(List.copyOf(together), positions));
                together.clear();
            }
            positions = together.isEmpty() ? sequence.positions() : positions + behindPrompt;
            together.add(index);
        }
        shares.add(new Share(List.copyOf(together), positions));
        return shares;
    }
}
