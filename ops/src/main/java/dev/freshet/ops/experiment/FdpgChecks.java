package dev.freshet.ops.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What of f-DPG's orderings was seen with every seed, with room for other seeds. */
final class FdpgChecks {
    private static final String MET = "1a/";
    private static final String UNMET = "1b/";

    private FdpgChecks() {}

    /** Of the first size of the model; of each other one only how many of those hold, which is told. */
    static List<Check> of(ArmTable table, List<String> sizes) {
        List<Check> checks = new ArrayList<>(ofSize(table, sizes.get(0)));
        for (String size : sizes.subList(1, sizes.size())) {
            List<Check> alike = ofSize(table, size);
            long holding = alike.stream().filter(Check::pass).count();
            checks.add(Check.told(
                    size + ": the differences persist with size", "of the " + alike.size() + " above, hold", (double)
                            holding));
        }
        List<String> alphas = List.of("alpha:0.2", "alpha:0.5", "alpha:0.8");
        for (String recipe : List.of(MET, UNMET)) {
            List<String> arms =
                    alphas.stream().map(alpha -> sizes.get(0) + recipe + alpha).toList();
            checks.addAll(RankTrend.told(table, recipe + "alpha", arms, List.of("alignment", "entropy")));
        }
        return checks;
    }

    private static List<Check> ofSize(ArmTable table, String size) {
        return Stream.of(whereTheTargetCanBeMet(table, size), whereItCannot(table, size))
                .flatMap(List::stream)
                .toList();
    }

    /** Recipe 1a: after few steps, alignment has been bought with diversity. */
    private static List<Check> whereTheTargetCanBeMet(ArmTable table, String size) {
        Arms arms = new Arms(table, size + MET);
        return List.of(
                Check.atLeast(
                        arms.named("reverse KL aligns"),
                        "alignment of reverse-kl",
                        arms.mean("reverse-kl", "alignment"),
                        0.9),
                arms.gap("reverse KL aligns more than forward KL", "alignment", "reverse-kl", "forward-kl", 0.2),
                arms.gap("JS aligns more than forward KL", "alignment", "js", "forward-kl", 0.15),
                arms.gap("forward KL is more diverse than reverse KL", "entropy", "forward-kl", "reverse-kl", 2),
                arms.gap("forward KL is more diverse than JS", "entropy", "forward-kl", "js", 1.5),
                Check.atLeast(
                        arms.named("forward KL wins by its own measure"),
                        "half the forward_kl of reverse-kl less that of forward-kl",
                        arms.mean("reverse-kl", "forward_kl") / 2 - arms.mean("forward-kl", "forward_kl"),
                        0),
                arms.gap("reverse KL wins by its own measure", "reverse_kl", "forward-kl", "reverse-kl", 0.5));
    }

    /** Recipe 1b: the best that there is depends on the measure. */
    private static List<Check> whereItCannot(ArmTable table, String size) {
        Arms arms = new Arms(table, size + UNMET);
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

        String named(String check) {
            return prefix.replace("/", ": ") + check;
        }

        Check gap(String name, String metric, String above, String below, double least) {
            return Check.atLeast(
                    named(name),
                    metric + " of " + above + " less that of " + below,
                    mean(above, metric) - mean(below, metric),
                    least);
        }
    }
}
