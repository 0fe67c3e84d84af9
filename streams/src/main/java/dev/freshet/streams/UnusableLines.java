package dev.freshet.streams;

import dev.freshet.streams.Outcome.Dropped;

/** Decides what a run bears of lines that cannot be used; told of each example in turn. */
final class UnusableLines {
    private final BadLines rule;
    private final long size;
    private long inARow;

    /** @param size examples of an epoch */
    UnusableLines(BadLines rule, long size) {
        this.rule = rule;
        this.size = size;
    }

    /** @throws IllegalStateException if the rule is to stop, or a whole epoch has gone by without one that can be used */
    <T> Outcome<T> requireBearable(Outcome<T> outcome) {
        if (!(outcome instanceof Dropped<T> dropped)) {
            inARow = 0;
            return outcome;
        }
        inARow++;
        if (rule == BadLines.STOP) {
            throw new IllegalStateException(
                    dropped.detail() + "; mend or remove the line, or set freshet.dataset.bad-lines = drop");
        }
        if (inARow >= size) {
            throw new IllegalStateException("none of the dataset's " + size
                    + " lines can be used, the last of them because: " + dropped.detail()
                    + " (freshet.dataset.path, freshet.objective)");
        }
        return outcome;
    }
}
