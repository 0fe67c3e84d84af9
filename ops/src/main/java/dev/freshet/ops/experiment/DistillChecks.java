package dev.freshet.ops.experiment;

import java.util.List;

/**
 * What of f-distill's orderings was seen with every seed of recipe 3a, with room for other seeds. Which basin JS and the squared Hellinger
 * distance fall into is not among it.
 */
final class DistillChecks {
    private static final String REVERSE = "reverse-kl";
    private static final String FORWARD = "forward-kl";
    private static final String SOFTENED = "softened-reverse-kl";

    private DistillChecks() {}

    static List<Check> of(ArmTable table) {
        return List.of(
                gap(table, "forward KL wins by its own measure", "forward_kl", REVERSE, FORWARD, 1),
                gap(table, "reverse KL wins by its own measure", "reverse_kl", FORWARD, REVERSE, 1),
                gap(table, "reverse KL is precise", "precision", REVERSE, FORWARD, 0.5),
                gap(table, "forward KL covers the modes that reverse KL gives up", "recall", FORWARD, REVERSE, 0.4),
                gap(table, "softened reverse KL is as precise as reverse KL", "precision", SOFTENED, REVERSE, -0.03),
                gap(table, "softened reverse KL is as near in reverse KL", "reverse_kl", REVERSE, SOFTENED, -0.1));
    }

    private static Check gap(ArmTable table, String name, String metric, String above, String below, double least) {
        return Check.atLeast(
                name,
                metric + " of " + above + " less that of " + below,
                table.mean(above, metric) - table.mean(below, metric),
                least);
    }
}
