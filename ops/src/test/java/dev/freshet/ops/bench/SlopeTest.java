package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlopeTest {
    @Test
    void aStraightLineHasItsSlopeAndNoDoubt() {
        List<Double> line = IntStream.range(0, 60).mapToObj(i -> 7 + 0.25 * i).toList();

        Slope slope = Slope.of(line, 10, new SplittableRandom(1)).times(2);

        // Sums of 60 doubles.
        assertThat(slope.value()).isCloseTo(0.5, within(1e-12));
        assertThat(slope.low()).isCloseTo(0.5, within(1e-12));
        assertThat(slope.high()).isCloseTo(0.5, within(1e-12));
    }

    /** With independent samples the interval is that of the textbook, slope +- 1.96 sigma / sqrt(sum (i - mean)^2). */
    @Test
    void independentSamplesHaveTheTextbooksInterval() {
        int samples = 400;
        double expected = 2 * 1.96 / Math.sqrt(samples * (samples * (double) samples - 1) / 12);

        double width = IntStream.range(0, 20)
                .mapToObj(seed -> slope(0, 0, samples, 10, seed))
                .mapToDouble(slope -> slope.high() - slope.low())
                .average()
                .orElseThrow();

        // The mean of 20 widths, each of 2,000 draws.
        assertThat(width).isCloseTo(expected, within(0.1 * expected));
    }

    /** Of AR(1) samples whose neighbours correlate by 0.9, an interval that took them for independent would hold the slope in a third. */
    @Test
    void theIntervalHoldsTheSlopeOfSamplesThatDependOnEachOther() {
        long held = IntStream.range(0, 200)
                .mapToObj(seed -> slope(0.01, 0.9, 600, 60, seed))
                .filter(slope -> slope.low() <= 0.01 && 0.01 <= slope.high())
                .count();

        // Blocks of finite length make it a little too narrow: 87 to 95 of 100 are what the method is known for.
        assertThat(held).isBetween(160L, 200L);
    }

    @Test
    void refusesFewerSamplesThanTwoBlocks() {
        assertThatThrownBy(() -> Slope.of(List.of(1.0, 2.0, 3.0), 2, new SplittableRandom(1)))
                .hasMessage("samples must be at least two blocks of at least 1, were 3, in blocks of 2");
    }

    private static Slope slope(double slope, double correlation, int samples, int block, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Double> values = new ArrayList<>();
        double noise = 0;
        for (int i = 0; i < samples; i++) {
            noise = correlation * noise + random.nextGaussian();
            values.add(slope * i + noise);
        }
        return Slope.of(values, block, random);
    }
}
