package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.task.KeyedRandom.Purpose;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochOrderTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 63, 64, 65, 776, 7998, 65_536, 65_537})
    void eachEpochIsAPermutation(int size) {
        EpochOrder order = order(7, size);
        for (int epoch = 0; epoch < 3; epoch++) {
            assertThat(epoch(order, epoch).stream().sorted().toList())
                    .isEqualTo(IntStream.range(0, size).boxed().toList());
        }
    }

    @Test
    void eachEpochHasAnOrderOfItsOwn() {
        EpochOrder order = order(7, 776);
        assertThat(epoch(order, 0)).isNotEqualTo(epoch(order, 1)).isNotEqualTo(epoch(order, 2));
    }

    @Test
    void theOrderDependsOnTheSeedAlone() {
        assertThat(epoch(order(7, 776), 5)).isEqualTo(epoch(order(7, 776), 5)).isNotEqualTo(epoch(order(8, 776), 5));
    }

    @Test
    void epochsFarAwayAreReachedAtOnce() {
        EpochOrder order = order(7, 1000);
        assertThat(epoch(order, 4_000_000_000_000L)).hasSize(1000).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 33})
    void eachElementComesFirstEquallyOften(int size) {
        int epochs = 20_000;
        int[] first = new int[size];
        for (int epoch = 0; epoch < epochs; epoch++) {
            first[order(7, size).at((long) epoch * size)]++;
        }
        double expected = (double) epochs / size;
        // Four standard errors of a binomial count.
        double tolerance = 4 * Math.sqrt(expected * (1 - 1.0 / size));
        assertThat(Arrays.stream(first).boxed())
                .allSatisfy(count -> assertThat(Math.abs(count - expected)).isLessThan(tolerance));
    }

    @Test
    void refusesAnEmptyOrderAndNegativePlaces() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> order(7, 0))
                .withMessage("an order must have at least 1 element, had 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> order(7, 5).at(-1))
                .withMessage("a place in an order must be at least 0, was -1");
    }

    private static EpochOrder order(long seed, int size) {
        return new EpochOrder(seed, Purpose.TRAINING_ORDER, size);
    }

    private static List<Integer> epoch(EpochOrder order, long epoch) {
        return IntStream.range(0, order.size())
                .map(place -> order.at(epoch * order.size() + place))
                .boxed()
                .toList();
    }
}
