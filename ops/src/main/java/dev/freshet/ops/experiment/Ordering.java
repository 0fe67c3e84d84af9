package dev.freshet.ops.experiment;

import java.util.stream.Collectors;

/**
 * What a paper says of a metric, to stand beside what was seen. It is told, not judged.
 *
 * @param arms what the names of the arms that it is of begin with
 * @param paper the paper's ordering in its words, from large to small
 */
record Ordering(String metric, String arms, String paper) {
    /** Of all arms. */
    Ordering(String metric, String paper) {
        this(metric, "", paper);
    }

    /** Both orderings; arms that have no such metric are not in ours. */
    String beside(ArmTable table) {
        String ours = table.descending(metric).stream()
                .filter(arm -> arm.startsWith(arms) && !Double.isNaN(table.mean(arm, metric)))
                .map(arm -> arm + " " + Tables.number(table.mean(arm, metric)))
                .collect(Collectors.joining(" > "));
        return arms + metric + "\n  paper  " + paper + "\n  ours   " + ours;
    }
}
