package dev.freshet.model.learning;

import java.util.ArrayList;
import java.util.List;

/**
 * Sequences that go through the decoder together, by their indices, laid out in rows.
 *
 * @param rows the shares of each row, side by side; none in a row that is padding
 * @param width positions of a row, which its shares need at most
 */
record MicroBatch(List<List<Share>> rows, int width) {
    /**
     * Sequences of one prompt, which goes through the decoder once for all of them.
     *
     * @param positions that they need together
     */
    record Share(List<Integer> sequences, int positions) {}

    MicroBatch {
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** Each of them in a row of its own. */
    static MicroBatch plain(List<TokenSequence> sequences) {
        List<List<Share>> rows = new ArrayList<>();
        for (int index = 0; index < sequences.size(); index++) {
            rows.add(List.of(new Share(List.of(index), sequences.get(index).positions())));
        }
        int width = sequences.stream()
                .mapToInt(TokenSequence::positions)
                .max()
                .orElseThrow(() -> new IllegalArgumentException("a micro-batch must have at least one sequence"));
        return new MicroBatch(rows, width);
    }

    /** Whether each row has one sequence alone. */
    boolean isPlain() {
        return rows.stream()
                .allMatch(row -> row.size() == 1 && row.get(0).sequences().size() == 1);
    }

    /** In the order in which their tokens are scored. */
    List<Integer> sequences() {
        return rows.stream()
                .flatMap(List::stream)
                .flatMap(share -> share.sequences().stream())
                .toList();
    }

    /** What belongs to them, in that order, of {@code all} that they were cut from. */
    <T> List<T> of(List<T> all) {
        return sequences().stream().map(all::get).toList();
    }

    /** The same of numbers. */
    double[] of(double[] all) {
        return sequences().stream().mapToDouble(index -> all[index]).toArray();
    }
}
