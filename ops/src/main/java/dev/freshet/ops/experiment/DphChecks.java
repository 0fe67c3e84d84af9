package dev.freshet.ops.experiment;

import static dev.freshet.ops.experiment.DphExperiment.BASE;
import static dev.freshet.ops.experiment.DphExperiment.DISTINCT;
import static dev.freshet.ops.experiment.DphExperiment.PASS_AT_1;
import static dev.freshet.ops.experiment.DphExperiment.PASS_AT_16;
import static dev.freshet.ops.experiment.DphExperiment.SECOND_SKILL;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        List<String> metrics = List.of(PASS_AT_16, DISTINCT, SECOND_SKILL);
        trends().forEach((varied, ascending) -> checks.addAll(RankTrend.told(table, varied, ascending, metrics)));
        return checks;
    }

    private static double drop(ArmTable table, String arm) {
        return table.mean(BASE, SECOND_SKILL) - table.mean(arm, SECOND_SKILL);
    }

    /** Arms of the sweep, from the least to the largest of what is varied. */
    private static Map<String, List<String>> trends() {
        Map<String, List<String>> trends = new LinkedHashMap<>();
        trends.put("alpha", List.of("dph-alpha-0.2", "dph-alpha-0.5", "dph-alpha-0.8"));
        trends.put("the coefficient of dph-f", List.of("dph-f-0.1", "dph-f-0.3", "dph-f"));
        trends.put("the coefficient of dph-js", List.of("dph-js-0.2", "dph-js-0.6", "dph-js"));
        return trends;
    }
}
