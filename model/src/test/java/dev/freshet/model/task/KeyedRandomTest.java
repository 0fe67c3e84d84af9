package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.task.KeyedRandom.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyedRandomTest {
    private static final int DRAWS = 100_000;

    /** The first three outputs of SplitMix64 for seed 1234567, as its author's reference program prints them. */
    @Test
    void mixesAsSplitMix64Does() {
        long gamma = 0x9E3779B97F4A7C15L;
        assertThat(KeyedRandom.mix(1234567 + gamma)).isEqualTo(6457827717110365317L);
        assertThat(KeyedRandom.mix(1234567 + 2 * gamma)).isEqualTo(3203168211198807973L);
        assertThat(KeyedRandom.mix(1234567 + 3 * gamma)).isEqualTo(Long.parseUnsignedLong("9817491932198370423"));
    }

    @Test
    void drawsAreEquallyLikelyOverNumbersInARow() {
        int bound = 10;
        int[] counts = new int[bound];
        for (int number = 0; number < DRAWS; number++) {
            counts[draw(3, Purpose.DEMONSTRATION, number).below(bound)]++;
        }
        // Four standard errors of a binomial count with probability 1/10.
        double tolerance = 4 * Math.sqrt(DRAWS * 0.1 * 0.9);
        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat((double) count).isCloseTo(DRAWS * 0.1, within(tolerance)));
    }

    @Test
    void aChanceComesTrueAsOftenAsItSays() {
        int hits = 0;
        for (int number = 0; number < DRAWS; number++) {
            hits += draw(3, Purpose.DEMONSTRATION, number).chance(0.3) ? 1 : 0;
        }
        assertThat((double) hits).isCloseTo(DRAWS * 0.3, within(4 * Math.sqrt(DRAWS * 0.3 * 0.7)));
        assertThat(draw(3, Purpose.DEMONSTRATION, 0).chance(0)).isFalse();
        assertThat(draw(3, Purpose.DEMONSTRATION, 0).chance(1)).isTrue();
    }

    @Test
    void seedPurposeAndNumberEachChangeTheDraws() {
        long key = KeyedRandom.key(3, Purpose.DEMONSTRATION, 5);
        assertThat(key)
                .isEqualTo(KeyedRandom.key(3, Purpose.DEMONSTRATION, 5))
                .isNotEqualTo(KeyedRandom.key(4, Purpose.DEMONSTRATION, 5))
                .isNotEqualTo(KeyedRandom.key(3, Purpose.DIGIT_ORDER, 5))
                .isNotEqualTo(KeyedRandom.key(3, Purpose.DEMONSTRATION, 6));
    }

    private static KeyedRandom draw(long seed, Purpose purpose, long number) {
        return KeyedRandom.at(seed, purpose, number);
    }
}
