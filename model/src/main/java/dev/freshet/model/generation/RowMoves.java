package dev.freshet.model.generation;

import java.util.ArrayList;
import java.util.List;

/**
 * How the rows in use become the first rows again after some were freed: each hole below the new end takes a row from above it.
 *
 * @param from rows to copy
 * @param to where to, pairwise
 */
record RowMoves(List<Integer> from, List<Integer> to) {
    RowMoves {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }

    /** @param inUse whether each of the rows from 0 on is still in use */
    static RowMoves closing(List<Boolean> inUse) {
        int remaining = (int) inUse.stream().filter(used -> used).count();
        List<Integer> from = new ArrayList<>();
        List<Integer> to = new ArrayList<>();
        int candidate = remaining;
        for (int hole = 0; hole < remaining; hole++) {
            if (inUse.get(hole)) {
                continue;
            }
            while (!inUse.get(candidate)) {
                candidate++;
            }
            from.add(candidate++);
            to.add(hole);
        }
        return new RowMoves(from, to);
    }

    boolean isEmpty() {
        return from.isEmpty();
    }
}
