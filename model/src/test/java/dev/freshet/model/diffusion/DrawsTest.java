package dev.freshet.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.diffusion.Draws.Purpose;
import org.junit.jupiter.api.Test;

class DrawsTest {
    @Test
    void areAFunctionOfSeedPurposeAndNumber() {
        float[] drawn = Draws.of(1, Purpose.TRAINING, 7).gaussians(5);
        assertThat(Draws.of(1, Purpose.TRAINING, 7).gaussians(5)).isEqualTo(drawn);
        assertThat(Draws.of(2, Purpose.TRAINING, 7).gaussians(5)).isNotEqualTo(drawn);
        assertThat(Draws.of(1, Purpose.EVALUATION, 7).gaussians(5)).isNotEqualTo(drawn);
        assertThat(Draws.of(1, Purpose.TRAINING, 8).gaussians(5)).isNotEqualTo(drawn);
    }

    @Test
    void gaussiansHaveTheMomentsOfOne() {
        int count = 100_000;
        double[] moments = new double[5];
        for (float number : Draws.of(3, Purpose.TRAINING, 0).gaussians(count)) {
            for (int power = 1; power < moments.length; power++) {
                moments[power] += Math.pow(number, power) / count;
            }
        }
        // Four standard errors, which are the roots of 1, 2, 15 and 96 over that of the count.
        double error = 4 / Math.sqrt(count);
        assertThat(moments[1]).isCloseTo(0, within(error));
        assertThat(moments[2]).isCloseTo(1, within(error * Math.sqrt(2)));
        assertThat(moments[3]).isCloseTo(0, within(error * Math.sqrt(15)));
        assertThat(moments[4]).isCloseTo(3, within(error * Math.sqrt(96)));
    }

    @Test
    void boundsAreKeptAndEachNumberComesEquallyOften() {
        int[] counts = new int[3];
        for (long number : Draws.of(5, Purpose.TRAINING, 0).below(3, 30_000)) {
            counts[(int) number]++;
        }
        // Four standard errors of a count of 10,000 in 30,000.
        double error = 4 * Math.sqrt(30_000 * (1 / 3.0) * (2 / 3.0));
        assertThat(counts).hasSize(3);
        for (int count : counts) {
            assertThat((double) count).isCloseTo(10_000, within(error));
        }
    }

    @Test
    void levelsLieInTheirRangeAndEvenlyInItsLogarithm() {
        NoiseRange range = new NoiseRange(0.1, 3);
        double sum = 0;
        for (float level : range.draw(Draws.of(1, Purpose.TRAINING, 0), 10_000)) {
            assertThat(level).isBetween(0.1f, 3f);
            sum += range.place(level) / 10_000;
        }
        // Four standard errors of a mean of uniform numbers.
        assertThat(sum).isCloseTo(0.5, within(4 / Math.sqrt(12 * 10_000)));
        assertThat(range.place(range.at(0.3))).isCloseTo(0.3, within(1e-12));
        assertThat(range.descending(3)).containsExactly(3f, (float) Math.sqrt(0.3), 0.1f);
    }
}
