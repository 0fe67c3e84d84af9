package dev.freshet.ops.experiment;

import static dev.freshet.ops.experiment.DphExperiment.BASE;
import static dev.freshet.ops.experiment.DphExperiment.DISTINCT;
import static dev.freshet.ops.experiment.DphExperiment.PASS_AT_1;
import static dev.freshet.ops.experiment.DphExperiment.PASS_AT_16;
import static dev.freshet.ops.experiment.DphExperiment.SECOND_SKILL;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What must hold of the means of {@link DphExperiment}'s seeds, and what its sweep tells. */
final class DphChecks {
    private static final String GRPO = "grpo";
    private static final List<String> REHEARSING = List.of("dph-f", "dph-js");

    private DphChecks() {}

    /** @param arms without the base */
    static List<Check> of(ArmTable table, List<String> arms) {
        List<Check> checks = new ArrayList<>();
        double basePass16 = table.mean(BASE, PASS_AT_16);
        double grpoPass16 = table.mean(GRPO, PASS_AT_16);
        double baseDistinct = table.mean(BASE, DISTINCT);
        double lost = drop(table, GRPO);
        checks.add(Check.atMost(
                "grpo loses pass@16", "pass@16 of grpo less that of the base", grpoPass16 - basePass16, -0.06));
        checks.add(Check.atMost(
                "grpo loses variety",
                "distinct correct of grpo over that of the base",
                table.mean(GRPO, DISTINCT) / baseDistinct,
                0.70));
        checks.add(Check.atLeast(
                "grpo forgets the second skill", "pass@1 of the base less that of grpo, in addition", lost, 0.05));
        for (String arm : REHEARSING) {
            checks.add(Check.atLeast(
                    arm + " keeps pass@16",
                    "pass@16 of " + arm + " less that of grpo",
                    table.mean(arm, PASS_AT_16) - grpoPass16,
                    0.04));
            checks.add(Check.atLeast(
                    arm + " keeps variety",
                    "distinct correct of " + arm + " over that of the base",
                    table.mean(arm, DISTINCT) / baseDistinct,
                    0.75));
            checks.add(Check.atMost(
                    arm + " forgets less",
                    "what " + arm + " loses in addition less 0.7 times what grpo loses",
                    drop(table, arm) - 0.7 * lost,
                    0));
        }
        for (String arm : arms) {
            checks.add(Check.atLeast(
                    arm + " keeps pass@1",
                    "pass@1 of " + arm + " less that of the base",
                    table.mean(arm, PASS_AT_1) - table.mean(BASE, PASS_AT_1),
                    -0.01));
        }
        addTrend(checks, table, "alpha", List.of("dph-alpha-0.2", "dph-alpha-0.5", "dph-alpha-0.8"));
        addTrend(checks, table, "the coefficient of dph-f", List.of("dph-f-0.1", "dph-f-0.3", "dph-f"));
        addTrend(checks, table, "the coefficient of dph-js", List.of("dph-js-0.2", "dph-js-0.6", "dph-js"));
        return checks;
    }

    private static double drop(ArmTable table, String arm) {
        return table.mean(BASE, SECOND_SKILL) - table.mean(arm, SECOND_SKILL);
    }

    /** @param ascending arms from the least to the largest of what is varied; told if all were run */
    private static void addTrend(List<Check> checks, ArmTable table, String varied, List<String> ascending) {
        if (!table.arms().containsAll(ascending)) {
            return;
        }
        for (String metric : List.of(PASS_AT_16, DISTINCT, SECOND_SKILL)) {
            double trend = RankTrend.of(table, ascending, metric);
            checks.add(new Check(
                    metric + " over " + varied,
                    "told, not judged: rank correlation over all seeds, 1 where it rises in each",
                    String.format(Locale.ROOT, "%.3f", trend),
                    true));
        }
    }
}
