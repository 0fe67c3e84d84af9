package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.cli.SettingsLoader;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearnerCpusTest {
    @Test
    void areWantedWhereTheRolesUseUpTheCpus() {
        // One thread each for learner, generator and reference scorer.
        assertThat(wanted(2)).isOne();
        assertThat(wanted(3)).isOne();
        assertThat(wanted(4)).isZero();
        assertThat(wanted(4, "freshet.generation.generators=2")).isOne();
        assertThat(wanted(3, "freshet.reference=off", "freshet.divergence=none"))
                .isZero();
    }

    @Test
    void areNotWantedWhereRolesTakeTurns() {
        assertThat(wanted(2, "freshet.max-staleness=0")).isZero();
        assertThat(wanted(2, "freshet.deterministic=true")).isZero();
    }

    @Test
    void areNotWantedWhenSwitchedOff() {
        assertThat(wanted(2, "freshet.train.own-cpus=off")).isZero();
        assertThatThrownBy(() -> wanted(2, "freshet.train.own-cpus=2"))
                .hasMessage("own-cpus must be auto or off, was \"2\" (freshet.train.own-cpus)");
    }

    @Test
    void areAsManyAsTheLearnerHasThreads() {
        assertThat(wanted(4, "freshet.train.threads=3")).isEqualTo(3);
    }

    private static int wanted(int available, String... overrides) {
        return LearnerCpus.from(new SettingsLoader().defaults(List.of(overrides)), available)
                .wanted();
    }
}
