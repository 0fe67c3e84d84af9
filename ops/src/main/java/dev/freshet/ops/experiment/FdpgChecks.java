package dev.freshet.ops.experiment;

import java.util.List;

/** What of f-DPG's orderings was seen with every seed, with room for other seeds. */
final class FdpgChecks {
    private FdpgChecks() {}

    /** Recipe 1a: after few steps, alignment has been bought with diversity. */
    static List<Check> whereTheTargetCanBeMet(ArmTable table) {
        Arms arms = new Arms(table, "1a/");
        return List.of(
                Check.atLeast(
                        "1a: reverse KL aligns", "alignment of reverse-kl", arms.mean("reverse-kl", "alignment"), 0.9),
                arms.gap("reverse KL aligns more than forward KL", "alignment", "reverse-kl", "forward-kl", 0.2),
                arms.gap("JS aligns more than forward KL", "alignment", "js", "forward-kl", 0.15),
                arms.gap("forward KL is more diverse than reverse KL", "entropy", "forward-kl", "reverse-kl", 2),
                arms.gap("forward KL is more diverse than JS", "entropy", "forward-kl", "js", 1.5),
                Check.atLeast(
                        "1a: forward KL wins by its own measure",
                        "half the forward_kl of reverse-kl less that of forward-kl",
                        arms.mean("reverse-kl", "forward_kl") / 2 - arms.mean("forward-kl", "forward_kl"),
                        0),
                arms.gap("reverse KL wins by its own measure", "reverse_kl", "forward-kl", "reverse-kl", 0.5));
    }

    /** Recipe 1b: the best that there is depends on the measure. */
    static List<Check> whereItCannot(ArmTable table) {
        Arms arms = new Arms(table, "1b/");
        return List.of(
                arms.gap("forward KL wins by its own measure over TV", "forward_kl", "tv", "forward-kl", 0.15),
                arms.gap(
                        "forward KL wins by its own measure over reverse KL",
                        "forward_kl",
                        "reverse-kl",
                        "forward-kl",
                        0.2),
                arms.gap(
                        "reverse KL wins by its own measure over forward KL",
                        "reverse_kl",
                        "forward-kl",
                        "reverse-kl",
                        0.1),
                arms.gap("reverse KL wins by its own measure over JS", "reverse_kl", "js", "reverse-kl", 0.1),
                arms.gap("reverse KL wins by its own measure over TV", "reverse_kl", "tv", "reverse-kl", 0.1),
                arms.gap("TV wins by its own measure over forward KL", "tv", "forward-kl", "tv", 0),
                arms.gap("TV wins by its own measure over reverse KL", "tv", "reverse-kl", "tv", 0),
                arms.gap("forward KL is more diverse than TV", "entropy", "forward-kl", "tv", 0.1),
                arms.gap("TV is more diverse than reverse KL", "entropy", "tv", "reverse-kl", 0.1),
                arms.gap("forward KL is nearer in JS than reverse KL", "js", "reverse-kl", "forward-kl", 0.02),
                arms.gap("JS is nearer in JS than reverse KL", "js", "reverse-kl", "js", 0.02),
                arms.gap("TV aligns more than forward KL", "alignment", "tv", "forward-kl", 0.015));
    }

    /** The arms of one recipe. */
    private record Arms(ArmTable table, String prefix) {
        double mean(String arm, String metric) {
            return table.mean(prefix + arm, metric);
        }

        Check gap(String name, String metric, String above, String below, double least) {
            return Check.atLeast(
                    prefix.replace("/", ": ") + name,
                    metric + " of " + above + " less that of " + below,
                    mean(above, metric) - mean(below, metric),
                    least);
        }
    }
}
