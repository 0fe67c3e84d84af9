package dev.freshet.model.learning;

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
 * Cuts sequences into micro-batches that fit a budget of token positions. Sequences of one prompt share it where that
 * saves more than it costs: whoever stands in a row is compared with all others there, seen or not. Shares of similar length
 * go together, because every row of a micro-batch costs as much as its longest, and shorter ones fill up what is left of a row.
 */
final class MicroBatches {
    /** Share of padding beyond which a shorter row begins a micro-batch of its own kind. */
    private static final double MAX_PADDING = 0.25;

    /** Padding is suffered in micro-batches below this share of the budget: many small calls cost more. */
    private static final double SMALL = 0.125;

    /** Of the matrix products, for attention over a row as long as the model is wide. */
    private static final double COST_OF_SHARING = 1.0 / 6;

    private static final Comparator<Share> LONGEST_FIRST = Comparator.comparingInt(share -> -share.positions());

    private MicroBatches() {}

    /**
     * Longest shares first; one that is longer than the budget stands alone.
     *
     * @param tokenBudget positions, padding included
     * @param modelWidth of the decoder, at least 1
     */
    static List<MicroBatch> cut(List<TokenSequence> sequences, int tokenBudget, int modelWidth) {
        List<Share> alone = alone(sequences);
        List<Share> shared = shares(sequences, modelWidth / 2);
        boolean isWorthIt = positions(shared) < (1 - COST_OF_SHARING) * positions(alone);
        return filled(isWorthIt ? shared : alone, tokenBudget, isWorthIt ? modelWidth : 1);
    }

    /** @param rowLength that rows may have, or that of their longest share */
    private static List<MicroBatch> filled(List<Share> shares, int tokenBudget, int rowLength) {
        List<MicroBatch> cuts = new ArrayList<>();
        int next = 0;
        while (next < shares.size()) {
            List<Share> left = shares.subList(next, shares.size());
            Filling filling = new Filling(width(left, rowLength), tokenBudget);
            int taken = 0;
            while (taken < left.size() && filling.takes(left.get(taken))) {
                taken++;
            }
            next += taken;
            cuts.add(filling.microBatch());
        }
        return cuts;
    }

    /** As many of the longest side by side as a row may be long, and no more than there is. */
    private static int width(List<Share> longestFirst, int rowLength) {
        int longest = longestFirst.get(0).positions();
        return (int) Math.min(positions(longestFirst), (long) longest * Math.max(1, rowLength / longest));
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

    /** @param most positions of a share; more if a single sequence has more */
    private static List<Share> shares(List<TokenSequence> sequences, int most) {
        int longest =
                sequences.stream().mapToInt(TokenSequence::positions).max().orElse(0);
        Map<Tokens, List<Integer>> ofPrompt = new LinkedHashMap<>();
        IntStream.range(0, sequences.size())
                .forEach(index -> ofPrompt.computeIfAbsent(sequences.get(index).prompt(), prompt -> new ArrayList<>())
                        .add(index));
        return ofPrompt.values().stream()
                .map(indices -> shares(sequences, indices, Math.max(longest, most)))
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

    /** One micro-batch in the making: a share goes into the first row that has room. */
    private static final class Filling {
        private final int width;
        private final int tokenBudget;
        private final List<List<Share>> rows = new ArrayList<>();
        private final List<Integer> room = new ArrayList<>();
        private long used;

        private Filling(int width, int tokenBudget) {
            this.width = width;
            this.tokenBudget = tokenBudget;
        }

        /** Whether there is room for it, in a row that has begun or in a new one; then it is in. */
        private boolean takes(Share share) {
            int row = 0;
            while (row < rows.size() && room.get(row) < share.positions()) {
                row++;
            }
            if (row == rows.size()) {
                if (!rows.isEmpty() && !mayBegin(share)) {
                    return false;
                }
                rows.add(new ArrayList<>());
                room.add(width);
            }
            rows.get(row).add(share);
            room.set(row, room.get(row) - share.positions());
            used += share.positions();
            return true;
        }

        /** A new row, for this share. */
        private boolean mayBegin(Share share) {
            long padded = (rows.size() + 1L) * width;
            boolean wasteful = padded - used - share.positions() > MAX_PADDING * padded && used > SMALL * tokenBudget;
            return padded <= tokenBudget && !wasteful;
        }

        private MicroBatch microBatch() {
            return new MicroBatch(rows, width);
        }
    }
}
