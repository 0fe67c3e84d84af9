package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.CountdownSettings;
import dev.freshet.model.task.CountdownTask;
import dev.freshet.model.task.Verdict;
import dev.freshet.ops.cli.SettingsLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DphExperimentTest {
    private static final DphExperiment FULL = new DphExperiment(DphExperiment.Settings.full(false));
    private static final DphExperiment SWEEP = new DphExperiment(DphExperiment.Settings.full(true));

    /** What the prototypes of the recipe measured. */
    private static final ArmTable MEASURED = new ArmTable(List.of(
            arm("base", 1, 0.500, 0.908, 2.807, 0.933),
            arm("grpo", 1, 0.523, 0.774, 1.593, 0.823),
            arm("reverse-kl", 1, 0.529, 0.843, 2.237, 0.882),
            arm("dph-f", 1, 0.534, 0.864, 2.383, 0.889),
            arm("dph-js", 1, 0.537, 0.858, 2.340, 0.890)));

    @Test
    void hasTheArmsAndMetricsThatScriptsRelyOn() {
        assertThat(FULL.settings().arms())
                .extracting(DphExperiment.Arm::name)
                .containsExactly("grpo", "reverse-kl", "dph-f", "dph-js");
        assertThat(FULL.metrics()).contains("pass_at_1", "pass_at_16", "distinct_correct", "second_skill_pass_at_1");
        assertThat(FULL.settings().seeds()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(SWEEP.settings().arms())
                .extracting(DphExperiment.Arm::name)
                .contains("dph-alpha-0.2", "dph-alpha-0.5", "dph-alpha-0.8", "dph-f-0.1", "dph-f-0.3");
    }

    @Test
    void itsChecksHoldWhereTheEffectIsAndOnlyThere() {
        assertThat(FULL.checks(MEASURED)).hasSize(13).allMatch(Check::pass);
        List<ArmResult> without = new ArrayList<>(MEASURED.results().subList(0, 3));
        without.add(arm("dph-f", 1, 0.523, 0.774, 1.593, 0.823));
        without.add(arm("dph-js", 1, 0.480, 0.774, 1.593, 0.823));
        assertThat(FULL.checks(new ArmTable(without)))
                .filteredOn(check -> !check.pass())
                .extracting(Check::name)
                .containsExactly(
                        "dph-f keeps pass@16",
                        "dph-f keeps variety",
                        "dph-f forgets less",
                        "dph-js keeps pass@16",
                        "dph-js keeps variety",
                        "dph-js forgets less",
                        "dph-js keeps pass@1");
    }

    @Test
    void aTrendIsOneWhereTheMetricRisesWithEverySeed() {
        ArmTable table = new ArmTable(List.of(
                arm("low", 1, 0.1, 0.5, 1, 1),
                arm("middle", 1, 0.2, 0.5, 1, 1),
                arm("high", 1, 0.3, 0.4, 1, 1),
                arm("low", 2, 0.2, 0.5, 1, 1),
                arm("middle", 2, 0.3, 0.6, 1, 1),
                arm("high", 2, 0.4, 0.4, 1, 1)));
        List<String> ascending = List.of("low", "middle", "high");
        assertThat(RankTrend.of(table, ascending, "pass_at_1")).isEqualTo(1);
        assertThat(RankTrend.of(table, ascending, "pass_at_16")).isCloseTo((-2 + -1) / 6.0, within(1e-12));
        assertThat(RankTrend.of(table, ascending, "distinct_correct")).isZero();
    }

    @Test
    void theSettingsOfAllRunsAreKnown() {
        for (DphExperiment.Arm arm : SWEEP.settings().arms()) {
            List<String> settings = new ArrayList<>(SWEEP.settings().overrides());
            settings.addAll(arm.settings());
            assertThat(new SettingsLoader().defaults(settings).getString("freshet.task.name"))
                    .isEqualTo("countdown");
        }
    }

    @Test
    void theSecondSkillIsSumsThatAreHeldOut(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("made/addition.jsonl");
        assertThat(SecondSkill.write(file, 5).prompts()).isEqualTo(file);
        assertThat(Files.readAllLines(file))
                .hasSize(5)
                .allMatch(line -> line.matches(
                        "\\{.*\"(prompt|ground_truth)\":\"[#0-9+=]+\".*\"(prompt|ground_truth)\":\"[#0-9+=]+\".*}"));
        CountdownTask task = new CountdownTask(new CountdownSettings(30, 0.3), 9);
        assertThat(task.verifier()
                        .verify(
                                task.addition().get(0),
                                new Answer(task.addition().get(0).groundTruth(), FinishReason.STOP)))
                .isInstanceOf(Verdict.Reward.class);
    }

    private static ArmResult arm(String name, long seed, double pass1, double pass16, double distinct, double second) {
        return new ArmResult(
                name,
                seed,
                1,
                Map.of(
                        "pass_at_1", pass1,
                        "pass_at_16", pass16,
                        "distinct_correct", distinct,
                        "second_skill_pass_at_1", second,
                        "wall_seconds", 1.0));
    }
}
