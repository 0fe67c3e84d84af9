package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FewSizesTest {
    @Test
    void paddingIsAtMostASixteenth() {
        IntStream.rangeClosed(1, 5000)
                .forEach(size -> assertThat(FewSizes.atLeast(size)).isBetween(size, size + size / 16));
    }

    @Test
    void roughPaddingIsAtMostAnEighth() {
        IntStream.rangeClosed(1, 5000)
                .forEach(size -> assertThat(FewSizes.atLeastRoughly(size)).isBetween(size, size + size / 8));
        assertThat(IntStream.rangeClosed(1, 4096).map(FewSizes::atLeastRoughly).distinct())
                .hasSize(16 + 8 * 8);
    }

    @Test
    void lessThanAFifthWaits() {
        IntStream.rangeClosed(1, 5000)
                .forEach(size -> assertThat(FewSizes.atMost(size))
                        .isLessThanOrEqualTo(size)
                        .isGreaterThan(size * 4 / 5 - 1));
    }

    @Test
    void smallSizesStayAsTheyAre() {
        IntStream.range(1, 8).forEach(size -> assertThat(FewSizes.atMost(size)).isEqualTo(size));
        IntStream.range(1, 17)
                .forEach(size -> assertThat(FewSizes.atLeast(size)).isEqualTo(size));
    }

    @Test
    void thereAreFew() {
        assertThat(IntStream.rangeClosed(1, 4096).map(FewSizes::atLeast).distinct())
                .hasSize(16 + 8 + 16 * 7);
        assertThat(IntStream.rangeClosed(1, 64).map(FewSizes::atMost).distinct())
                .hasSize(20);
    }

    @Test
    void nothingHasNoSize() {
        assertThatThrownBy(() -> FewSizes.atMost(0)).hasMessage("a batch must have a size of at least 1, was 0");
    }
}
