package dev.freshet.ops.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Guesses what a mistyped key was meant to be. */
final class NearestName {
    private NearestName() {}

    /** The candidate with the fewest edits, the first of several; none if more than a third of {@code name} would change. */
    static Optional<String> to(String name, List<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(nearest -> distance(name, nearest) <= Math.max(2, name.length() / 3));
    }

    /** Levenshtein's distance: insertions, deletions and substitutions of one character. */
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substitution = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
