package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MicroBatchesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 30, 100, 1000, 1_000_000})
    void everySequenceGoesOnceAndWithinTheBudget(int budget) {
        List<TokenSequence> sequences = sequences(lengths(200, 40, 1));
        List<List<Integer>> cuts = MicroBatches.cut(sequences, budget);
        assertThat(cuts.stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 200).boxed().toList());
        for (List<Integer> cut : cuts) {
            int width = sequences.get(cut.get(0)).positions();
            assertThat(cut)
                    .allSatisfy(index ->
                            assertThat(sequences.get(index).positions()).isLessThanOrEqualTo(width));
            assertThat(cut.size() == 1 || cut.size() * width <= budget).isTrue();
        }
    }

    @Test
    void paddingStaysSmall() {
        List<TokenSequence> sequences = sequences(lengths(500, 200, 2));
        long padded = 0;
        for (List<Integer> cut : MicroBatches.cut(sequences, 4000)) {
            padded += (long) cut.size() * sequences.get(cut.get(0)).positions();
        }
        long used = sequences.stream().mapToLong(TokenSequence::positions).sum();
        assertThat(padded - used).isLessThan(used / 10);
    }

    @Test
    void aLoneLongSequenceDoesNotPadAllOthers() {
        List<Integer> lengths = new ArrayList<>(List.of(1000));
        lengths.addAll(IntStream.range(0, 50).mapToObj(i -> 10).toList());
        List<List<Integer>> cuts = MicroBatches.cut(sequences(lengths), 4000);
        assertThat(cuts).hasSize(2);
        assertThat(cuts.get(0)).containsExactly(0);
    }

    @Test
    void equalLengthsKeepTheirOrder() {
        assertThat(MicroBatches.cut(sequences(List.of(3, 5, 3, 5)), 100)).containsExactly(List.of(1, 3, 0, 2));
    }

    private static List<Integer> lengths(int count, int longest, long seed) {
        return new SplittableRandom(seed).ints(count, 1, longest + 1).boxed().toList();
    }

    private static List<TokenSequence> sequences(List<Integer> positions) {
        SplittableRandom random = new SplittableRandom(3);
        return positions.stream()
                .map(length -> new TokenSequence(Toy.tokens(length, random), Toy.tokens(1, random), 1))
                .toList();
    }
}
