package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyObjectivesTest {
    @ParameterizedTest
    @MethodSource("dev.freshet.model.objective.PolicyObjectives#names")
    void isWhatItsNameSaysAndHasASectionOfItsOwn(String name) {
        assertThat(PolicyObjectives.from(named(name)).name()).isEqualTo(name);
        assertThat(named(name).hasPath(PolicyObjectives.section(name))).isTrue();
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> PolicyObjectives.from(named("ppo")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "objective must be one of grpo, dr-grpo, dapo, rloo, reinforce-plus-plus, gspo, cispo, fdpg, was \"ppo\""
                                + " (freshet.objective)");
    }

    private static Config named(String name) {
        return Objectives.config("freshet.objective = " + name);
    }
}
