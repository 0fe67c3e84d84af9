package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.ops.cli.SettingsLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SftDpoExperimentTest {
    private static final SftDpoExperiment FULL = new SftDpoExperiment(SftDpoExperiment.Settings.full(false));
    private static final SftDpoExperiment SWEEP = new SftDpoExperiment(SftDpoExperiment.Settings.full(true));
    private static final List<String> METRICS = List.of("sft_loss", "greedy_after_dpo", "kl_after_dpo", "win_rate");

    /** What the prototypes of the recipe measured. */
    private static final ArmTable MEASURED = new ArmTable(List.of(
            arm("sft-lr-1", 0.006, 0.683, 4.61, 0.5),
            arm("sft-lr-1/5", 0.217, 0.765, 3.83, 0.596),
            arm("sft-lr-1/20", 0.739, 0.813, 3.36, 0.65),
            arm("f-sft-pearson", 0.264, 0.739, 3.91, 0.568)));

    @Test
    void hasTheArmsAndMetricsThatScriptsRelyOn() {
        assertThat(FULL.settings().arms())
                .extracting(SftDpoExperiment.Arm::name)
                .containsExactly("sft-lr-1", "sft-lr-1/5", "sft-lr-1/20", "f-sft-pearson");
        assertThat(SWEEP.settings().arms())
                .extracting(SftDpoExperiment.Arm::name)
                .contains("sft-lr-1", "sft-lr-1/50", "f-sft-squared-hellinger", "f-sft-js-gan");
        assertThat(FULL.metrics()).containsAll(METRICS);
        assertThat(FULL.settings().seeds()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(new Experiments().names()).contains("sft-dpo");
        FULL.orderings()
                .forEach(ordering -> assertThat(ordering.beside(MEASURED)).contains("ours"));
    }

    @Test
    void itsChecksHoldWhereTheEffectIs() {
        assertThat(FULL.checks(MEASURED)).hasSize(6).allMatch(Check::pass);
    }

    @Test
    void armsThatAreAllAlikeBreakTheChecksOfTheEffect() {
        List<ArmResult> alike = MEASURED.results().stream()
                .map(result -> new ArmResult(
                        result.arm(), 1, 1, MEASURED.results().get(0).metrics()))
                .toList();
        assertThat(FULL.checks(new ArmTable(alike)))
                .filteredOn(check -> !check.pass())
                .extracting(Check::name)
                .contains(
                        "DPO gains more after a twentieth of the rate",
                        "DPO gains more after a fifth of the rate",
                        "a twentieth of the rate wins");
    }

    @Test
    void aTieIsHalfAWin() {
        assertThat(SftDpoExperiment.winRate(List.of(1.0, 0.5, 0.0, 0.2), List.of(0.5, 0.5, 1.0, 0.1)))
                .isCloseTo((1 + 0.5 + 0 + 1) / 4, within(1e-12));
    }

    @Test
    void theSettingsOfAllRunsAreKnown() {
        Path data = Path.of("data.jsonl");
        assertThat(objective(SftDpoRecipe.base(5))).isEqualTo("grpo");
        assertThat(objective(SftDpoRecipe.dpo(5, data, 1))).isEqualTo("dpo");
        for (SftDpoExperiment.Arm arm : SWEEP.settings().arms()) {
            List<String> settings = new ArrayList<>(SftDpoRecipe.sft(5, data, 1));
            settings.addAll(arm.sft());
            assertThat(objective(settings)).isIn("sft", "f-sft");
        }
    }

    private static String objective(List<String> settings) {
        return new SettingsLoader().defaults(settings).getString("freshet.objective");
    }

    private static ArmResult arm(String name, double... values) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            metrics.put(METRICS.get(i), values[i]);
        }
        return new ArmResult(name, 1, 1, metrics);
    }
}
