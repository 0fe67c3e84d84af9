package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.MutableSetting;
import dev.freshet.actors.RunParameters;
import dev.freshet.model.divergence.DivergenceEstimator;
import dev.freshet.model.objective.Cdpo;
import dev.freshet.model.objective.CoefficientControl;
import dev.freshet.model.objective.CoefficientControl.Adaptive;
import dev.freshet.model.objective.CoefficientControl.Linear;
import dev.freshet.model.objective.DivergenceAs;
import dev.freshet.model.objective.FDpo;
import dev.freshet.model.objective.Fdpg;
import dev.freshet.model.objective.FdpgSettings;
import dev.freshet.model.objective.FdpgTarget;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.objective.Rehearsal;
import dev.freshet.model.objective.RehearsalForm;
import dev.freshet.model.objective.Rlvr;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSteeringTest {
    private final RunConfiguration configuration = WrittenRun.configuration();
    private final ConfigSteering steering = configuration.steering();

    @Test
    void withoutCommandsItIsWhatTheRunWasConfiguredWith() {
        RunParameters configured = steering.configured();
        assertThat(configured.objective()).isEqualTo(configuration.objective());
        assertThat(configured.step()).isEqualTo(configuration.learner().step());
        assertThat(configured.settings()).isEqualTo(configuration.actors());
        assertThat(configured.maxStaleness()).isEqualTo(1);
        assertThat(configured.temperature()).isEqualTo(1);
        assertThat(steering.with(configured.allTexts())).isEqualTo(configured);
    }

    @Test
    void everyMutableSettingReachesWhatItIsNamedFor() {
        Map<String, String> changed = new HashMap<>();
        changed.put("freshet.train.learning-rate", "1e-4");
        changed.put("freshet.train.max-gradient-norm", "0.5");
        changed.put("freshet.train.sampling-correction-cap", "3");
        changed.put("freshet.train.max-nonfinite-steps", "7");
        changed.put("freshet.divergence-coefficient", "0.07");
        changed.put("freshet.divergence-as", "loss");
        changed.put("freshet.divergence-estimator", "full-vocabulary");
        changed.put("freshet.divergence-control.kind", "linear");
        changed.put("freshet.divergence-control.final-coefficient", "0.7");
        changed.put("freshet.divergence-control.until-version", "77");
        changed.put("freshet.divergence-control.target", "0.02");
        changed.put("freshet.divergence-control.gain", "0.3");
        changed.put("freshet.rlvr.clip-low", "0.11");
        changed.put("freshet.rlvr.clip-high", "0.12");
        changed.put("freshet.rlvr.dual-clip", "off");
        changed.put("freshet.rlvr.behaviour-weight-cap", "1.5");
        changed.put("freshet.rlvr.log-ratio-clamp", "9");
        changed.put("freshet.rlvr.divergence-weight-cap", "4");
        changed.put("freshet.rehearsal.ratio", "0.4");
        changed.put("freshet.rehearsal.form", "plain");
        changed.put("freshet.fdpg.beta", "0.3");
        changed.put("freshet.fdpg.pseudo-reward-cap", "off");
        changed.put("freshet.fdpg.weight-cap", "7");
        changed.put("freshet.f-dpo.log-ratio-clamp", "21");
        changed.put("freshet.cdpo.label-smoothing", "0.2");
        changed.put("freshet.max-staleness", "5");
        changed.put("freshet.generation.temperature", "0.6");
        changed.put("freshet.actors.generate-timeout", "2 minutes");
        changed.put("freshet.actors.verify-deadline", "11 s");
        changed.put("freshet.actors.score-timeout", "12 s");
        changed.put("freshet.checkpoint.interval", "13");
        changed.put("freshet.run.rollouts-per-step", "14");
        changed.put("freshet.log.level", "debug");
        assertThat(steering.mutable())
                .extracting(MutableSetting::key)
                .containsExactlyInAnyOrderElementsOf(changed.keySet());

        RunParameters read = steering.with(changed);

        assertThat(read.step().learningRate().peak()).isEqualTo(1e-4);
        assertThat(read.step().optimizer().maxGradientNorm()).isEqualTo(0.5);
        assertThat(read.step().samplingCorrectionCap()).isEqualTo(3);
        assertThat(read.settings().maxNonfiniteSteps()).isEqualTo(7);
        Regularisation regularisation = read.objective().regularisation();
        assertThat(regularisation.coefficient()).isEqualTo(0.07);
        assertThat(regularisation.estimator()).isEqualTo(DivergenceEstimator.FULL_VOCABULARY);
        assertThat(regularisation.control()).isEqualTo(new Linear(0.7, 77));
        assertThat(regularisation.rehearsal()).isEqualTo(new Rehearsal(RehearsalForm.PLAIN, 0.4));
        assertThat(adapting(changed)).isEqualTo(new Adaptive(0.02, 0.3));
        assertThat(steering.with(Map.of("freshet.divergence-as", "reward"))
                        .objective()
                        .regularisation()
                        .as())
                .isEqualTo(DivergenceAs.REWARD);
        Rlvr rlvr = (Rlvr) read.objective();
        assertThat(rlvr.settings().clipLow()).isEqualTo(0.11);
        assertThat(rlvr.settings().clipHigh()).isEqualTo(0.12);
        assertThat(rlvr.settings().dualClip()).isEmpty();
        assertThat(rlvr.settings().behaviourWeightCap()).isEqualTo(1.5);
        assertThat(rlvr.settings().logRatioClamp()).isEqualTo(9);
        assertThat(rlvr.settings().divergenceWeightCap()).isEqualTo(4);
        FdpgSettings fdpg = fdpg(changed).settings();
        assertThat(fdpg.target()).isEqualTo(new FdpgTarget.Tilted(0.3));
        assertThat(fdpg.pseudoRewardCap()).isEmpty();
        assertThat(fdpg.weightCap()).isEqualTo(7);
        assertThat(ofADataset("f-dpo", "freshet.f-dpo.log-ratio-clamp", "21"))
                .isInstanceOfSatisfying(
                        FDpo.class, fDpo -> assertThat(fDpo.logRatioClamp()).isEqualTo(21));
        assertThat(ofADataset("cdpo", "freshet.cdpo.label-smoothing", "0.2"))
                .isInstanceOfSatisfying(
                        Cdpo.class, cdpo -> assertThat(cdpo.labelSmoothing()).isEqualTo(0.2));
        assertThat(read.maxStaleness()).isEqualTo(5);
        assertThat(read.temperature()).isEqualTo(0.6);
        assertThat(read.settings().generateTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(read.settings().verifyDeadline()).isEqualTo(Duration.ofSeconds(11));
        assertThat(read.settings().scoreTimeout()).isEqualTo(Duration.ofSeconds(12));
        assertThat(read.settings().checkpointInterval()).isEqualTo(13);
        assertThat(read.settings().sampledRollouts()).isEqualTo(14);
        changed.forEach((key, value) -> assertThat(read.allTexts()).containsEntry(key, value));
    }

    private Fdpg fdpg(Map<String, String> changed) {
        Map<String, String> texts = new HashMap<>(changed);
        texts.put("freshet.objective", "fdpg");
        return (Fdpg) steering.with(texts).objective();
    }

    private Objective ofADataset(String objective, String key, String value) {
        return steering.with(Map.of("freshet.objective", objective, "freshet.divergence", "js", key, value))
                .objective();
    }

    private CoefficientControl adapting(Map<String, String> changed) {
        Map<String, String> texts = new HashMap<>(changed);
        texts.put("freshet.divergence-control.kind", "adaptive");
        return steering.with(texts).objective().regularisation().control();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "freshet.divergence-control.kind | cosine | kind must be fixed, linear or adaptive, was \"cosine\""
                        + " (freshet.divergence-control.kind)",
                "freshet.train.learning-rate | fast | set at run time: freshet.train.learning-rate must be a number, was fast",
                "freshet.train.learning-rate | NaN | set at run time: freshet.train.learning-rate must be a number, was NaN",
                "freshet.train.learning-rate | 1e999 | learning-rate must be finite and above 0, was Infinity"
                        + " (freshet.train.learning-rate)",
                "freshet.checkpoint.interval | 1.5 | set at run time: freshet.checkpoint.interval must be a whole number, was 1.5",
                "freshet.checkpoint.interval | -1 | interval must be at least 0, was -1 (freshet.checkpoint.interval)",
                "freshet.actors.verify-deadline | 0 s | verify-deadline must be more than 0 and at most 100 days, was PT0S"
                        + " (freshet.actors.verify-deadline)",
                "freshet.generation.temperature | 0 | temperature must be at least 1.0E-6, and finite, was 0.0"
                        + " (freshet.generation.temperature)",
                "freshet.generation.temperature | 1e-39 | temperature must be at least 1.0E-6, and finite, was 1.0E-39"
                        + " (freshet.generation.temperature)",
                "freshet.max-staleness | 0 | max-staleness must be at least the staleness bound of this run's stages, 1, was"
                        + " 0: set 1 or more (freshet.max-staleness)",
                "freshet.log.level | loud | the level of a log must be one of error, warn, info, debug, trace, was \"loud\""
                        + " (freshet.log.level)",
                "freshet.rlvr.clip-low | { a = 1 } | clip-low must be auto or a number, was \"{ a = 1 }\" (freshet.rlvr.clip-low)",
                "freshet.rlvr.log-ratio-clamp | { a = 1 } | set at run time: freshet.rlvr.log-ratio-clamp must be a number,"
                        + " was { a = 1 }",
                "freshet.train.nothing | 1 | set at run time: there is no setting freshet.train.nothing; did you mean"
            })
    void aValueThatBreaksARuleIsRefusedInTheWordsOfTheStart(String key, String value, String refusal) {
        assertThatThrownBy(() -> steering.with(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(refusal);
    }

    @ParameterizedTest
    @CsvSource({
        "freshet.actors.verify-deadline, soon",
        "freshet.checkpoint.interval, 99999999999999999999",
        "freshet.rlvr.dual-clip, on"
    })
    void whatTheLibraryCannotReadIsRefusedToo(String key, String value) {
        assertThatThrownBy(() -> steering.with(Map.of(key, value))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anObjectivesSettingsAreItsSection() {
        assertThat(steering.settingsOf("grpo"))
                .contains("freshet.rlvr.advantage", "freshet.rlvr.aggregation", "freshet.rlvr.clip-low")
                .allMatch(key -> key.startsWith("freshet.rlvr."))
                .containsExactlyInAnyOrderElementsOf(steering.settingsOf("gspo"));
        assertThat(steering.settingsOf("dpo")).isEmpty();
        assertThat(steering.settingsOf("f-dpo")).containsExactly("freshet.f-dpo.log-ratio-clamp");
        assertThat(steering.settingsOf("f-sft"))
                .contains("freshet.sft.aggregation", "freshet.f-sft.value")
                .allMatch(key -> key.startsWith("freshet.sft.") || key.startsWith("freshet.f-sft."));
    }
}
