package dev.freshet.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
    void peaksSurviveThinning() {
        Curve thin =
                Curve.of(new double[] {1, 2, 3, 4}, new double[] {0, 3, 1, 0}).peaks(2);

        assertThat(thin.y()).containsExactly(3, 1);
    }

    @Test
    void smoothsOverTheNeighboursThatThereAre() {
        Curve smooth =
                Curve.of(new double[] {1, 2, 3, 4}, new double[] {0, 6, 3, 9}).smoothed(1);

        assertThat(smooth.y()).containsExactly(3, 3, 6, 6);
    }

    @Test
    void figuresAreWhatAPersonReads() {
        assertThat(Figures.number(12345.6)).isEqualTo("12,346");
        assertThat(Figures.number(3)).isEqualTo("3");
        assertThat(Figures.number(12.34)).isEqualTo("12.3");
        assertThat(Figures.number(0.01234)).isEqualTo("0.0123");
        assertThat(Figures.number(Double.NaN)).isEqualTo("\u2013");
        assertThat(Figures.tick(0.1 + 0.2)).isEqualTo("0.3");
        assertThat(Figures.tick(1500)).isEqualTo("1500");
        assertThat(Figures.duration(Duration.ofSeconds(151))).isEqualTo("2 min 31 s");
        assertThat(Figures.duration(Duration.ofHours(49))).isEqualTo("2 d 1 h");
    }
}
