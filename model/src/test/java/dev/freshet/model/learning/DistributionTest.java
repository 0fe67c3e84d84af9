package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DistributionTest {
    private static final List<Double> BOUNDS = List.of(0.0, 1.0, 4.0);

    @Test
    void aBoundCountsToWhatIsBelowIt() {
        assertThat(of(-1, 0, 0.5, 1, 3, 4, 5, 100)).isEqualTo(new Distribution(BOUNDS, List.of(2L, 2L, 2L, 2L), 112.5));
    }

    @Test
    void whatIsNoNumberIsLeftOut() {
        Distribution some = of(Double.NaN, 2, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        assertThat(some).isEqualTo(of(2));
        assertThat(some.count()).isEqualTo(1);
    }

    @Test
    void distributionsAddUp() {
        assertThat(of(0, 1, 2).plus(of(2, 9))).isEqualTo(of(0, 1, 2, 2, 9));
        assertThat(of(3).plus(Distribution.empty(BOUNDS))).isEqualTo(of(3));
        assertThatThrownBy(() -> of(1).plus(Distribution.empty(List.of(1.0))))
                .hasMessage("distributions must have the same bounds to be added, had [0.0, 1.0, 4.0] and [1.0]");
    }

    private static Distribution of(double... values) {
        Distribution.Tally tally = new Distribution.Tally(BOUNDS);
        for (double value : values) {
            tally.add(value);
        }
        return tally.distribution();
    }
}
