package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Behaviour, proximal and current policy apart. */
class DecoupledPolicyTest {
    private static final Rlvr DECOUPLED =
            Objectives.of(RlvrVariant.GRPO, "freshet.rlvr { proximal = step-start, behaviour-weight-cap = 2 }");

    @Test
    void staleSamplesAreWeighedAndNotClipped() {
        // The proximal policy is the current one; the behaviour is far from both.
        Tokenwise stale = Tokenwise.of(List.of(-1.0, -1.0), List.of(-1.5, -0.4))
                .withProximal(List.of(-1.0, -1.0))
                .withAdvantage(List.of(1.0, -1.0));
        Tokenwise.Outcome outcome = stale.under(DECOUPLED);
        assertThat(outcome.gradient().get(0)).isCloseTo(-Math.exp(0.5), within(1e-12));
        assertThat(outcome.gradient().get(1)).isCloseTo(Math.exp(-0.6), within(1e-12));
        assertThat(outcome.clippedHigh() + outcome.clippedLow()).isZero();
        Tokenwise.Outcome coupled = stale.withProximal(stale.behaviour()).under(Objectives.of(RlvrVariant.GRPO));
        assertThat(coupled.gradient()).containsOnly(0.0);
    }

    @Test
    void clipsAroundTheProximalPolicy() {
        Tokenwise moved = Tokenwise.of(List.of(-1.0, -1.0), List.of(-1.0, -1.0))
                .withProximal(List.of(-1.5, -1.1))
                .withAdvantage(List.of(1.0, 1.0));
        Tokenwise.Outcome outcome = moved.under(DECOUPLED);
        assertThat(outcome.gradient().get(0)).isZero();
        // pi / prox times prox / mu
        assertThat(outcome.gradient().get(1)).isCloseTo(-Math.exp(0.1) * Math.exp(-0.1), within(1e-12));
        assertThat(outcome.clippedHigh()).isEqualTo(1);
    }

    @Test
    void theWeightIsTruncatedAndCounted() {
        Tokenwise lucky = Tokenwise.of(List.of(-1.0), List.of(-4.0))
                .withProximal(List.of(-1.0))
                .withAdvantage(List.of(1.0));
        Tokenwise.Outcome outcome = lucky.under(DECOUPLED);
        assertThat(outcome.gradient().get(0)).isCloseTo(-2, within(1e-12));
        assertThat(outcome.capped()).isEqualTo(1);
        assertThat(outcome.ratio()).isCloseTo(Math.exp(3), within(1e-12));
    }

    @Test
    void sequencesHaveOneWeight() {
        Rlvr gspo = Objectives.of(RlvrVariant.GSPO, "freshet.rlvr.proximal = step-start");
        Tokenwise stale = Tokenwise.of(List.of(-1.0, -1.0), List.of(-1.4, -0.8))
                .withProximal(List.of(-1.0, -1.0))
                .withLengths(List.of(2))
                .withAdvantage(List.of(1.0, 1.0));
        assertThat(stale.under(gspo).gradient())
                .allSatisfy(slope -> assertThat(slope).isCloseTo(-Math.exp(0.1), within(1e-12)));
    }
}
