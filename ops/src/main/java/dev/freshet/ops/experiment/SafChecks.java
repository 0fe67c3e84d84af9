package dev.freshet.ops.experiment;

import static dev.freshet.ops.experiment.SafExperiment.ADAM;
import static dev.freshet.ops.experiment.SafExperiment.MESA;
import static dev.freshet.ops.experiment.SafExperiment.MILLIS_PER_STEP;
import static dev.freshet.ops.experiment.SafExperiment.NOISE_RISE;
import static dev.freshet.ops.experiment.SafExperiment.SAF;
import static dev.freshet.ops.experiment.SafExperiment.SAM;
import static dev.freshet.ops.experiment.SafExperiment.TEST_LOSS;

import java.util.ArrayList;
import java.util.List;

/**
 * What of {@link SafExperiment} was seen with every seed, whose arms are paired: data, first weights and order are the same. Told and not
 * judged: accuracies, whose gains by SAF are as large as the noise of the test examples; the sharpness along the gradient, which rises
 * where the loss is saturated; and any order but this of SAF and MESA against SAM, which wins at this size.
 */
final class SafChecks {
    private SafChecks() {}

    static List<Check> of(ArmTable table) {
        List<Check> checks = new ArrayList<>();
        List<String> flatter = List.of(ADAM, SAF, MESA, SAM);
        for (int i = 0; i + 1 < flatter.size(); i++) {
            String more = flatter.get(i);
            String less = flatter.get(i + 1);
            for (String metric : List.of(TEST_LOSS, NOISE_RISE)) {
                checks.add(Check.above(
                        less + " has less " + metric + " than " + more,
                        "the least difference over all seeds",
                        leastDifference(table, more, less, metric),
                        0));
            }
        }
        checks.add(Check.atLeast(
                "saf has less " + TEST_LOSS + " by a margin",
                "the mean difference from adam",
                table.mean(ADAM, TEST_LOSS) - table.mean(SAF, TEST_LOSS),
                0.03));
        checks.add(Check.atMost("saf is as fast as adam", "times adam's step", times(table, SAF), 1.05));
        checks.add(Check.atMost("mesa costs a forward pass", "times adam's step", times(table, MESA), 1.5));
        checks.add(Check.atLeast("sam costs two passes", "times adam's step", times(table, SAM), 1.6));
        checks.add(Check.atMost("sam costs no more", "times adam's step", times(table, SAM), 2.4));
        return checks;
    }

    private static double leastDifference(ArmTable table, String more, String less, String metric) {
        return table.seeds().stream()
                .mapToDouble(seed -> table.value(more, seed, metric) - table.value(less, seed, metric))
                .min()
                .orElseThrow();
    }

    private static double times(ArmTable table, String arm) {
        return table.mean(arm, MILLIS_PER_STEP) / table.mean(ADAM, MILLIS_PER_STEP);
    }
}
