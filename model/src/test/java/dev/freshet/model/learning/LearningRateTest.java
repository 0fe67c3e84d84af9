package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.learning.LearningRate.Schedule;
import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void risesOverTheFirstSteps() {
        LearningRate rate = new LearningRate(0.01, 4, Schedule.CONSTANT, 0.1, 100);
        assertThat(rate.at(0)).isCloseTo(0.0025, within(1e-12));
        assertThat(rate.at(2)).isCloseTo(0.0075, within(1e-12));
        assertThat(rate.at(3)).isEqualTo(0.01);
        assertThat(rate.at(99)).isEqualTo(0.01);
    }

    @Test
    void linearDecayEndsAtItsFractionAndStaysThere() {
        LearningRate rate = new LearningRate(1, 0, Schedule.LINEAR, 0.1, 11);
        assertThat(rate.at(0)).isEqualTo(1);
        assertThat(rate.at(5)).isCloseTo(0.55, within(1e-12));
        assertThat(rate.at(10)).isCloseTo(0.1, within(1e-12));
        assertThat(rate.at(1000)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void cosineDecayIsHalfWayInTheMiddle() {
        LearningRate rate = new LearningRate(1, 0, Schedule.COSINE, 0.1, 101);
        assertThat(rate.at(0)).isEqualTo(1);
        assertThat(rate.at(25)).isCloseTo(0.1 + 0.9 * (1 + Math.sqrt(0.5)) / 2, within(1e-12));
        assertThat(rate.at(50)).isCloseTo(0.55, within(1e-12));
        assertThat(rate.at(100)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void aScheduleOfOneStepHasThePeak() {
        assertThat(new LearningRate(0.5, 0, Schedule.LINEAR, 0, 1).at(0)).isEqualTo(0.5);
    }

    @Test
    void badNumbersAreRefused() {
        assertThatThrownBy(() -> new LearningRate(0, 0, Schedule.LINEAR, 0, 1))
                .hasMessage("learning-rate must be finite and above 0, was 0.0");
        assertThatThrownBy(() -> new LearningRate(1, -1, Schedule.LINEAR, 0, 1))
                .hasMessage("learning-rate-warm-up-steps must be at least 0, was -1");
        assertThatThrownBy(() -> new LearningRate(1, 0, Schedule.LINEAR, 2, 1))
                .hasMessage("final-learning-rate-fraction must be in [0, 1], was 2.0");
        assertThatThrownBy(() -> new LearningRate(1, 0, Schedule.LINEAR, 0, 0))
                .hasMessage("steps must be at least 1, was 0");
    }
}
