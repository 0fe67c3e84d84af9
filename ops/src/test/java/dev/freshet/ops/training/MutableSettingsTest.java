package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.actors.MutableSetting;
import org.junit.jupiter.api.Test;

class MutableSettingsTest {
    private static final Config REFERENCE = ConfigFactory.defaultReference();

    @Test
    void areThoseThatTheReferenceMarks() {
        assertThat(MutableSettings.all())
                .extracting(MutableSetting::key)
                .containsExactlyInAnyOrderElementsOf(REFERENCE.getConfig("freshet").entrySet().stream()
                        .map(entry -> "freshet." + entry.getKey())
                        .filter(key -> MutableSettings.comment(REFERENCE, key).contains(MutableSettings.MARK))
                        .toList());
    }

    @Test
    void theRuleIsWhatTheReferenceSaysOfTheSetting() {
        assertThat(MutableSettings.all())
                .contains(
                        new MutableSetting("freshet.train.learning-rate", "Peak learning rate, above 0."),
                        new MutableSetting(
                                "freshet.rlvr.divergence-weight-cap",
                                "Bound, at least 1, of the weight policy over behaviour that corrects the divergence term"
                                        + " for stale samples. Tokens beyond it are counted."));
        assertThat(MutableSettings.all())
                .allSatisfy(setting -> assertThat(setting.rule())
                        .as(setting.key())
                        .isNotBlank()
                        .endsWith(".")
                        .doesNotContain(MutableSettings.MARK));
    }
}
