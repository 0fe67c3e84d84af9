package dev.freshet.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CurveTest {
    @Test
    void leavesOutWhatIsNotFinite() {
        Curve curve = Curve.of(new double[] {1, 2, 3}, new double[] {5, Double.NaN, 7});

        assertThat(curve.x()).containsExactly(1, 3);
        assertThat(curve.y()).containsExactly(5, 7);
    }

    @Test
    void thinsToMeansOfNeighbours() {
        Curve thin = Curve.of(new double[] {1, 2, 3, 4}, new double[] {10, 20, 30, 50})
                .thinned(2);

        assertThat(thin.x()).containsExactly(1.5, 3.5);
        assertThat(thin.y()).containsExactly(15, 40);
    }

    @Test
    void smoothingKeepsAStraightLineStraight() {
        double[] line = IntStream.range(0, 20).mapToDouble(i -> 2 * i).toArray();

        // Means of up to seven small even numbers are exact in double.
        assertThat(Curve.of(line, line).smoothed(3).y()).containsExactly(line);
    }

    @Test
    void figuresAreWhatAPersonReads() {
        assertThat(Figures.number(12345.6)).isEqualTo("12,346");
        assertThat(Figures.number(3)).isEqualTo("3");
        assertThat(Figures.number(12.34)).isEqualTo("12.3");
        assertThat(Figures.number(0.01234)).isEqualTo("0.0123");
        assertThat(Figures.number(Double.NaN)).isEqualTo("\u2013");
        assertThat(Figures.duration(Duration.ofSeconds(151))).isEqualTo("2 min 31 s");
        assertThat(Figures.duration(Duration.ofHours(49))).isEqualTo("2 d 1 h");
    }
}
