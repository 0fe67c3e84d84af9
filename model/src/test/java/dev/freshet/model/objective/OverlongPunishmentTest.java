package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlongPunishmentTest {
    /** The paper's own numbers: a longest completion of 20,480 tokens, and a cache of 4,096. */
    @ParameterizedTest
    @CsvSource({"1, 0", "16384, 0", "17408, -0.25", "18432, -0.5", "20480, -1", "30000, -1"})
    void fallsInALineFromTheCacheOn(int length, double punishment) {
        assertThat(new OverlongPunishment(20_480, 0.2).of(length)).isCloseTo(punishment, within(1e-12));
    }
}
