package dev.freshet.ops.experiment;

import java.util.stream.Collectors;

/**
 * What a paper says of a metric, to stand beside what was seen. It is told, not judged.
 *
 * @param paper the paper's ordering in its words, from large to small
 */
record Ordering(String metric, String paper) {
    /** Both orderings, in one line. */
    String beside(ArmTable table) {
        String ours = table.descending(metric).stream()
                .map(arm -> arm + " " + Tables.number(table.mean(arm, metric)))
                .collect(Collectors.joining(" > "));
        return metric + "\n  paper  " + paper + "\n  ours   " + ours;
    }
}
