package dev.freshet.ops.experiment;

import static dev.freshet.ops.experiment.FlatCourse.END;
import static dev.freshet.ops.experiment.FlatCourse.EXACT_0;
import static dev.freshet.ops.experiment.FlatCourse.FORGETS;
import static dev.freshet.ops.experiment.FlatCourse.FORGET_PROBABILITY;
import static dev.freshet.ops.experiment.FlatCourse.REFUSES;
import static dev.freshet.ops.experiment.FlatCourse.RETAIN_EXACT;
import static dev.freshet.ops.experiment.FlatCourse.at;

import java.util.ArrayList;
import java.util.List;

/**
 * What of {@link FlatExperiment} was seen with every seed, with room for others. Told and not judged: any order among FLAT's divergences,
 * whose spread over seeds is larger than their differences; what becomes of the skill, which one seed in three loses under every method;
 * and FLAT beside IDK and DPO, which keep more of the rest where they say nothing of what is to be forgotten, though they still know it.
 */
final class FlatChecks {
    private static final String ASCENT = "gradient-ascent";
    private static final String NPO = "npo";
    private static final String KL = "flat-kl";
    private static final String JS = "flat-js";
    private static final String PEARSON = "flat-pearson";

    private FlatChecks() {}

    static List<Check> of(ArmTable table) {
        List<Check> checks = new ArrayList<>();
        for (String arm : table.arms()) {
            if (arm.startsWith("flat-")) {
                checks.add(Check.atLeast(
                        arm + " forgets",
                        "share of seeds in which " + arm
                                + " says no forgotten answer, nor finds it likelier than a tenth,",
                        table.mean(arm, FORGETS),
                        1));
            }
        }
        String kept = at(EXACT_0, RETAIN_EXACT);
        for (String arm : List.of(KL, PEARSON, JS)) {
            checks.add(Check.atLeast(
                    arm + " keeps what gradient ascent loses",
                    "retained answers of " + arm
                            + " less those of gradient ascent, where neither says a forgotten one,",
                    table.mean(arm, kept) - table.mean(ASCENT, kept),
                    0.08));
        }
        for (String arm : List.of(KL, PEARSON)) {
            checks.add(Check.above(
                    arm + " does so with every seed",
                    "the least such difference of " + arm,
                    leastGap(table, arm, kept),
                    0));
        }
        for (String arm : List.of(ASCENT, NPO)) {
            checks.add(Check.atMost(
                    arm + " never says a template",
                    "share of forgotten prompts at the end",
                    table.mean(arm, at(END, REFUSES)),
                    0.02));
            checks.add(Check.atMost(
                    arm + " loses the rest",
                    "retained answers at the end",
                    table.mean(arm, at(END, RETAIN_EXACT)),
                    0.1));
            checks.add(Check.above(
                    arm + " goes on losing with every seed",
                    "the least loss of retained answers, from where it says no forgotten one to the end",
                    leastLoss(table, arm),
                    0));
        }
        checks.add(Check.atLeast(
                KL + " says templates",
                "share of forgotten prompts at the end",
                table.mean(KL, at(END, REFUSES)),
                0.2));
        checks.add(Check.atLeast(
                "idk still knows",
                "probability of forgotten tokens at the end",
                table.mean("idk", at(END, FORGET_PROBABILITY)),
                0.4));
        return checks;
    }

    /** Over gradient ascent. */
    private static double leastGap(ArmTable table, String arm, String metric) {
        return table.seeds().stream()
                .mapToDouble(seed -> table.value(arm, seed, metric) - table.value(ASCENT, seed, metric))
                .min()
                .orElseThrow();
    }

    private static double leastLoss(ArmTable table, String arm) {
        return table.seeds().stream()
                .mapToDouble(seed -> table.value(arm, seed, at(EXACT_0, RETAIN_EXACT))
                        - table.value(arm, seed, at(END, RETAIN_EXACT)))
                .min()
                .orElseThrow();
    }
}
