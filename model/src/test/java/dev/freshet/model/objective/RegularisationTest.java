package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.divergence.DivergenceEstimator;
import dev.freshet.model.objective.CoefficientControl.Adaptive;
import dev.freshet.model.objective.CoefficientControl.Linear;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegularisationTest {
    @Test
    void isReadFromItsSettings() {
        assertThat(Regularisation.from(Objectives.config())).isEqualTo(Regularisation.of("js", 0.05));
        Regularisation read = Regularisation.from(Objectives.config(
                "freshet { divergence = tv, divergence-coefficient = 0.3, divergence-estimator = full-vocabulary }",
                "freshet.divergence-control { kind = adaptive, target = 0.2, gain = 0.4 }"));
        assertThat(read.estimator()).isEqualTo(DivergenceEstimator.FULL_VOCABULARY);
        assertThat(read.as()).isEqualTo(DivergenceAs.LOSS);
        assertThat(read.control()).isEqualTo(new Adaptive(0.2, 0.4));
        assertThat(Regularisation.from(
                                Objectives.config(
                                        "freshet.divergence-as = reward",
                                        "freshet.divergence-control { kind = linear, final-coefficient = 1, until-version = 7 }"))
                        .control())
                .isEqualTo(new Linear(1, 7));
    }

    @Test
    void anotherDivergenceIsUsedInTheSameWay() {
        Regularisation first = Regularisation.from(
                Objectives.config("freshet.divergence-as = reward", "freshet.divergence-control { kind = adaptive }"));
        Regularisation second = first.with("tv", 0.7);
        assertThat(second.spec()).isEqualTo("tv");
        assertThat(second.coefficient()).isEqualTo(0.7);
        assertThat(second.with("js", 0.05)).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "divergence-as=both | divergence-as must be loss or reward, was \"both\" (freshet.divergence-as)",
                "divergence-estimator=k3 | divergence-estimator must be sampled, full-vocabulary or rehearsal, was \"k3\""
                        + " (freshet.divergence-estimator)",
                "divergence-control.kind=cosine | kind must be fixed, linear or adaptive, was \"cosine\""
                        + " (freshet.divergence-control.kind)",
                "divergence-control { kind=adaptive, target=0 } | target must be finite and above 0, was 0.0"
                        + " (freshet.divergence-control.target)",
                "divergence-control { kind=adaptive, gain=2 } | gain must be above 0 and at most 1, was 2.0"
                        + " (freshet.divergence-control.gain)",
                "divergence-control { kind=linear, final-coefficient=-1 } | final-coefficient must be finite and at least 0,"
                        + " was -1.0 (freshet.divergence-control.final-coefficient)",
                "divergence-control { kind=linear, until-version=0 } | until-version must be at least 1, was 0"
                        + " (freshet.divergence-control.until-version)",
            })
    void badSettingsAreRefused(String setting, String refusal) {
        assertThatThrownBy(() -> Regularisation.from(Objectives.config("freshet." + setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal);
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThatThrownBy(() -> Regularisation.from(Objectives.config(
                        "freshet { divergence-as = reward, divergence-estimator = full-vocabulary }")))
                .hasMessage(
                        "a divergence as reward must have the estimator sampled, had full-vocabulary"
                                + " (freshet.divergence-estimator, freshet.divergence-as): it is a number for each sampled token");
        assertThatThrownBy(() -> Regularisation.from(Objectives.config(
                        "freshet { divergence-coefficient = 0, divergence-control.kind = adaptive }")))
                .hasMessage("divergence coefficient must be above 0 to adapt, was 0.0 (freshet.divergence-coefficient):"
                        + " set it, or kind = fixed (freshet.divergence-control.kind)");
    }

    @Test
    void aLinearCoefficientGoesInEqualStepsAndStays() {
        double coefficient = 0.1;
        for (int made = 1; made <= 8; made++) {
            coefficient = new Linear(0.5, 5).next(coefficient, new PolicyVersion(made), 0);
            // Version 1 is made with 0.1, version 5 with 0.5.
            assertThat(coefficient).isCloseTo(Math.min(0.5, 0.1 + 0.1 * made), within(1e-15));
        }
        assertThat(coefficient).isEqualTo(0.5);
    }

    @Test
    void aSwitchedCoefficientGoesOnFromThere() {
        Linear toZero = new Linear(0, 10);
        assertThat(toZero.next(0.8, new PolicyVersion(6), 0)).isCloseTo(0.6, within(1e-15));
    }

    @Test
    void anAdaptiveCoefficientFollowsTheErrorUpToAFifth() {
        Adaptive control = new Adaptive(0.1, 0.5);
        PolicyVersion version = new PolicyVersion(1);
        assertThat(control.next(1, version, 0.1)).isEqualTo(1);
        assertThat(control.next(1, version, 0.11)).isCloseTo(1.05, within(1e-12));
        assertThat(control.next(1, version, 5)).isCloseTo(1.1, within(1e-12));
        assertThat(control.next(1, version, 0)).isCloseTo(0.9, within(1e-12));
        assertThat(control.next(1, version, Double.NaN)).isEqualTo(1);
    }

    @Test
    void anAdaptiveCoefficientStaysOneThatIsAllowed() {
        Adaptive control = new Adaptive(0.1, 1);

        assertThat(control.next(Double.MAX_VALUE, new PolicyVersion(1), 1)).isEqualTo(1e100);
        assertThat(control.next(Double.MIN_VALUE, new PolicyVersion(1), 0)).isEqualTo(Double.MIN_NORMAL);
    }

    @Test
    void aCoefficientThatEndsAtZeroIsNoneForAnObjectiveThatDividesByIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipo.from(Objectives.config(
                        "freshet.divergence-coefficient = 0.1",
                        "freshet.divergence-control { kind = linear, final-coefficient = 0 }")))
                .withMessage("final-coefficient must be above 0 for ipo, was 0.0"
                        + " (freshet.divergence-control.final-coefficient)");
    }

    /** A divergence that answers to its coefficient, as one does that is held between reward and reference. */
    @Test
    void anAdaptiveCoefficientHoldsTheDivergenceAtItsTarget() {
        Regularisation first = Regularisation.from(Objectives.config(
                "freshet.divergence-coefficient = 0.01",
                "freshet.divergence-control { kind = adaptive, target = 0.2, gain = 1 }"));
        Regularisation last = IntStream.rangeClosed(1, 100)
                .boxed()
                .reduce(
                        first,
                        (now, step) -> now.after(new PolicyVersion(step), 0.02 / now.coefficient()),
                        (one, other) -> other);
        assertThat(0.02 / last.coefficient()).isCloseTo(0.2, within(1e-3));
        assertThat(last.with("js", first.coefficient())).isEqualTo(first);
    }

    @Test
    void aFixedCoefficientStays() {
        Regularisation fixed = Regularisation.of("js", 0.1);
        assertThat(fixed.after(new PolicyVersion(3), 9)).isSameAs(fixed);
    }
}
