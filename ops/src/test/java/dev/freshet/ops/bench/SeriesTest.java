package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesTest {
    @Test
    void isPairedRoundByRoundBeforeItsMedianIsTaken() {
        Series system = new Series(List.of(9.0, 40.0, 190.0));
        Series yardstick = new Series(List.of(10.0, 50.0, 100.0));

        Result ratio = system.over(yardstick).result("ratio", "of the yardstick", Map.of("threads", 2));

        assertThat(ratio.value()).isEqualTo(0.9);
        assertThat(ratio.extra())
                .containsEntry("min", 0.8)
                .containsEntry("max", 1.9)
                .containsEntry("rounds", 3)
                .containsEntry("threads", 2);
    }

    @Test
    void hasAMedianBetweenTheMiddleTwoOfAnEvenNumber() {
        assertThat(new Series(List.of(4.0, 1.0, 3.0, 100.0)).median()).isEqualTo(3.5);
    }

    @Test
    void takesTheSmallerOfTwoInEachRound() {
        Series least = new Series(List.of(1.0, 5.0)).least(new Series(List.of(2.0, 4.0)));

        assertThat(least.values()).containsExactly(1.0, 4.0);
    }

    @Test
    void hasTheSlopeOfTheLeastSquaresLine() {
        Series steps = new Series(List.of(0.0, 1.0, 2.0, 5.0));
        Series line = new Series(List.of(3.0, 5.0, 7.0, 13.0));
        Series bent = new Series(List.of(0.0, 0.0, 0.0, 7.0));

        assertThat(line.slopeOver(steps)).isEqualTo(2.0);
        // Of the deviations from the means 2 and 1.75: (3.5 + 1.75 + 0 + 15.75) / (4 + 1 + 0 + 9).
        assertThat(bent.slopeOver(steps)).isEqualTo(1.5);
    }

    @Test
    void refusesToBePairedWithOneOfAnotherLength() {
        Series two = new Series(List.of(1.0, 2.0));
        Series one = new Series(List.of(1.0));

        assertThatThrownBy(() -> two.over(one)).hasMessage("series to be paired must have as many rounds, had 2 and 1");
    }
}
