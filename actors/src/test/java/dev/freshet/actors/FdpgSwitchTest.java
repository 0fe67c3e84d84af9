package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.Fdpg;
import dev.freshet.model.objective.FdpgTarget;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.SettingChange;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Switches to f-DPG, within it, and from it. */
class FdpgSwitchTest {
    private static final TestSteering STEERING = TestSteering.of("freshet.divergence = js");
    private static final Map<String, String> CONSTRAINT = Map.of("freshet.fdpg.target", "constraint");

    private final RunParameters grpo = STEERING.parameters();

    @Test
    void aRunIsSwitchedToItWithItsSettingsAndBack() {
        ObjectiveChange change = new ObjectiveChange("fdpg", CONSTRAINT);
        RunParameters fdpg = change.applyTo(grpo, STEERING, true);
        Fdpg objective = (Fdpg) fdpg.objective();
        assertThat(objective.settings().target()).isEqualTo(new FdpgTarget.Constraint());
        assertThat(objective.regularisation().spec()).isEqualTo("js");

        ObjectiveSwitched event = change.event(grpo, fdpg, new PolicyVersion(4));
        assertThat(event.toName()).isEqualTo("fdpg");
        assertThat(event.changes()).containsExactly(new SettingChange("freshet.fdpg.target", "tilted", "constraint"));

        RunParameters back = new ObjectiveChange("grpo", Map.of()).applyTo(fdpg, STEERING, true);
        assertThat(back.objective().name()).isEqualTo("grpo");
        assertThat(back.allTexts()).containsEntry("freshet.fdpg.target", "constraint");
    }

    @Test
    void aDivergenceThatItsTargetForbidsIsRefusedByNameAndChangesNothing() {
        RunParameters fdpg = new ObjectiveChange("fdpg", CONSTRAINT).applyTo(grpo, STEERING, true);
        assertThatThrownBy(
                        () -> new DivergenceChange("reverse-kl", OptionalDouble.empty()).applyTo(fdpg, STEERING, true))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("divergence reverse-kl gives a rollout that breaks the constraint");
        assertThatThrownBy(() -> new DivergenceChange("none", OptionalDouble.empty()).applyTo(fdpg, STEERING, true))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("fdpg must have a divergence");
        RunParameters tv = new DivergenceChange("tv", OptionalDouble.empty()).applyTo(fdpg, STEERING, true);
        assertThat(tv.objective().regularisation().spec()).isEqualTo("tv");
        assertThat(tv.objective()).isInstanceOf(Fdpg.class);
    }

    /** What it reports is the distance from its target, which would drive a coefficient that it has no use for. */
    @Test
    void aControlledCoefficientWaitsUntilTheRunIsSwitchedBack() {
        TestSteering controlled = TestSteering.of("freshet.divergence = js\n"
                + "freshet.divergence-control { kind = linear, final-coefficient = 0.5, until-version = 5 }");
        RunParameters before = controlled.parameters();
        RunParameters fdpg = new ObjectiveChange("fdpg", Map.of()).applyTo(before, controlled, true);
        StepReport report = Samples.report(new PolicyVersion(1), before.policyObjective(), Samples.batch(0, 4), 0);
        assertThat(before.after(report)).isNotEqualTo(before);
        assertThat(fdpg.after(report)).isSameAs(fdpg);
    }

    @Test
    void withoutAReferenceItIsNotOffered() {
        assertThat(new ObjectiveChange("fdpg", Map.of())
                        .offer(grpo, STEERING, true)
                        .unavailable())
                .isEmpty();
        assertThat(new ObjectiveChange("fdpg", Map.of())
                        .offer(grpo, STEERING, false)
                        .unavailable())
                .hasValueSatisfying(why -> assertThat(why).contains("needs reference log-probs"));
    }
}
