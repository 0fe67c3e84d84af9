package dev.freshet.ops.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.actors.MutableSetting;
import dev.freshet.ops.logging.LogSettings;
import java.util.List;
import java.util.stream.Collectors;

/** The settings that may change while a run goes on: those whose comment ends with {@value #MARK}, which is also their rule. */
final class MutableSettings {
    static final String MARK = "Mutable.";

    private static final List<String> KEYS = List.of(
            "freshet.train.learning-rate",
            "freshet.train.max-gradient-norm",
            "freshet.train.sampling-correction-cap",
            "freshet.train.max-nonfinite-steps",
            "freshet.divergence-coefficient",
            "freshet.divergence-as",
            "freshet.divergence-estimator",
            "freshet.divergence-control.kind",
            "freshet.divergence-control.final-coefficient",
            "freshet.divergence-control.until-version",
            "freshet.divergence-control.target",
            "freshet.divergence-control.gain",
            "freshet.rehearsal.ratio",
            "freshet.rehearsal.form",
            "freshet.rlvr.clip-low",
            "freshet.rlvr.clip-high",
            "freshet.rlvr.dual-clip",
            "freshet.rlvr.behaviour-weight-cap",
            "freshet.rlvr.log-ratio-clamp",
            "freshet.rlvr.divergence-weight-cap",
            "freshet.fdpg.beta",
            "freshet.fdpg.pseudo-reward-cap",
            "freshet.fdpg.weight-cap",
            "freshet.f-dpo.log-ratio-clamp",
            "freshet.cdpo.label-smoothing",
            "freshet.max-staleness",
            "freshet.generation.temperature",
            "freshet.actors.generate-timeout",
            "freshet.actors.verify-deadline",
            "freshet.actors.score-timeout",
            "freshet.checkpoint.interval",
            "freshet.run.rollouts-per-step",
            LogSettings.LEVEL_KEY);

    private static final List<MutableSetting> ALL = read(ConfigFactory.defaultReference());

    private MutableSettings() {}

    static List<MutableSetting> all() {
        return ALL;
    }

    private static List<MutableSetting> read(Config reference) {
        return KEYS.stream()
                .map(key -> new MutableSetting(key, rule(comment(reference, key))))
                .toList();
    }

    /** What stands above a key in the reference, as one line. */
    static String comment(Config reference, String key) {
        return reference.getValue(key).origin().comments().stream()
                .map(String::strip)
                .collect(Collectors.joining(" "));
    }

    private static String rule(String comment) {
        return comment.endsWith(MARK)
                ? comment.substring(0, comment.length() - MARK.length()).strip()
                : comment;
    }
}
