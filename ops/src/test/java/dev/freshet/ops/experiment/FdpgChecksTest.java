package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On what the recipes' prototypes measured. */
class FdpgChecksTest {
    private static final List<String> METRICS = List.of("alignment", "entropy", "forward_kl", "reverse_kl", "js", "tv");

    private static final ArmTable SEEN = new ArmTable(List.of(
            arm("1a/forward-kl", 0.537, 13.4, 1.17, 3.01, 0.268, 0.588),
            arm("1a/js", 0.912, 10.1, 6.1, 1.79, 0.360, 0.745),
            arm("1a/tv", 0.36, 12.3, 4.8, 4.6, 0.45, 0.76),
            arm("1a/reverse-kl", 0.979, 9.4, 5.7, 1.69, 0.394, 0.804),
            arm("1b/forward-kl", 0.444, 16.97, 0.871, 3.73, 0.252, 0.555),
            arm("1b/js", 0.459, 16.80, 0.917, 3.77, 0.255, 0.546),
            arm("1b/tv", 0.480, 16.51, 1.190, 3.75, 0.264, 0.531),
            arm("1b/reverse-kl", 0.462, 16.21, 1.300, 3.29, 0.290, 0.574)));

    @Test
    void whatThePrototypesSawPasses() {
        assertThat(checks(SEEN)).hasSize(19).allMatch(Check::pass);
    }

    @Test
    void armsThatAreAllAlikePassNothing() {
        List<ArmResult> alike = SEEN.results().stream()
                .map(result ->
                        new ArmResult(result.arm(), 1, 1, SEEN.results().get(1).metrics()))
                .toList();
        assertThat(checks(new ArmTable(alike)))
                .filteredOn(Check::pass)
                .extracting(Check::name)
                .containsExactlyInAnyOrder(
                        "1a: reverse KL aligns",
                        "1b: TV wins by its own measure over forward KL",
                        "1b: TV wins by its own measure over reverse KL");
    }

    @Test
    void ofALargerModelItIsToldHowManyHoldThereToo() {
        List<ArmResult> both = new ArrayList<>(SEEN.results());
        for (ArmResult seen : SEEN.results()) {
            String arm = "large-" + seen.arm();
            // Forward KL is as good as reverse KL in what that is best in.
            both.add(new ArmResult(
                    arm,
                    1,
                    1,
                    arm.equals("large-1b/forward-kl") ? SEEN.results().get(7).metrics() : seen.metrics()));
        }
        assertThat(FdpgChecks.of(new ArmTable(both), List.of("", "large-")))
                .hasSize(20)
                .last()
                .satisfies(told -> assertThat(told.toString())
                        .startsWith(
                                "holds   large-: the differences persist with size: told, not judged: of the 19 above")
                        .doesNotContain("was 19"));
    }

    @Test
    void everyArmAndMetricHasTheNameThatScriptsKnow() {
        FdpgExperiment experiment = new FdpgExperiment(FdpgExperiment.Settings.full(false));
        assertThat(experiment.metrics()).containsAll(METRICS);
        assertThat(experiment.checks(SEEN)).hasSize(19);
        experiment
                .orderings()
                .forEach(ordering -> assertThat(ordering.beside(SEEN)).contains("ours"));
        assertThat(new Experiments().names()).contains("fdpg");
    }

    private static List<Check> checks(ArmTable table) {
        return FdpgChecks.of(table, List.of(""));
    }

    private static ArmResult arm(String name, double... values) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            metrics.put(METRICS.get(i), values[i]);
        }
        return new ArmResult(name, 1, 1, metrics);
    }
}
