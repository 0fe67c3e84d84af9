package dev.freshet.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CounterRandomTest {
    /** The three known answers that the authors' Random123 library ships for philox4x32-10. */
    @Test
    void givesTheKnownAnswersOfPhilox() {
        assertThat(CounterRandom.philox(0, 0, 0, 0, 0, 0))
                .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(CounterRandom.philox(-1, -1, -1, -1, -1, -1))
                .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(CounterRandom.philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void uniformsAreStrictlyInsideTheUnitIntervalAndEvenlySpread() {
        int draws = 200_000;
        double sum = 0;
        for (int i = 0; i < draws; i++) {
            float u = CounterRandom.uniform(7, i, i % 13);
            assertThat(u).isGreaterThan(0f).isLessThan(1f);
            sum += u;
        }
        // Standard error of the mean of uniforms is sqrt(1/12/n).
        double standardError = Math.sqrt(1.0 / 12 / draws);
        assertThat(Math.abs(sum / draws - 0.5)).isLessThan(4 * standardError);
    }

    @Test
    void dependsOnSeedRolloutAndPosition() {
        float drawn = CounterRandom.uniform(1, 2, 3);
        assertThat(CounterRandom.uniform(1, 2, 3)).isEqualTo(drawn);
        assertThat(CounterRandom.uniform(2, 2, 3)).isNotEqualTo(drawn);
        assertThat(CounterRandom.uniform(1, 3, 3)).isNotEqualTo(drawn);
        assertThat(CounterRandom.uniform(1, 2, 4)).isNotEqualTo(drawn);
        assertThat(CounterRandom.uniform(1, 2 + (1L << 32), 3)).isNotEqualTo(drawn);
    }
}
