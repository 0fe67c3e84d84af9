package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.learning.MicroBatch.Share;
import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MicroBatchesTest {
    private static final int MODEL_WIDTH = 64;

    private final SplittableRandom random = new SplittableRandom(3);

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 100, 1000, 1_000_000})
    void everySequenceGoesOnceAndWithinTheBudget(int budget) {
        assertThatAllGoOnceAndWithin(budget, sequences(lengths(200, 40, 1)));
        assertThatAllGoOnceAndWithin(budget, groups(30, 8, 6, 4));
        assertThatAllGoOnceAndWithin(budget, groups(7, 5, 20, 60));
    }

    private static void assertThatAllGoOnceAndWithin(int budget, List<TokenSequence> sequences) {
        List<MicroBatch> cuts = MicroBatches.cut(sequences, budget, MODEL_WIDTH);
        assertThat(cuts.stream().flatMap(cut -> cut.sequences().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, sequences.size()).boxed().toList());
        int longest =
                sequences.stream().mapToInt(TokenSequence::positions).max().orElseThrow();
        assertThat(cuts).allSatisfy(cut -> {
            assertThat(cut.rows().size() * cut.width()).isLessThanOrEqualTo(Math.max(budget, longest));
            assertThat(cut.rows()).allSatisfy(row -> {
                assertThat(row.stream().mapToInt(Share::positions).sum()).isLessThanOrEqualTo(cut.width());
                assertThat(row).allSatisfy(share -> assertThatItIsOfOnePrompt(share, sequences));
            });
        });
    }

    private static void assertThatItIsOfOnePrompt(Share share, List<TokenSequence> all) {
        Tokens prompt = all.get(share.sequences().get(0)).prompt();
        int behindIt = 0;
        for (int index : share.sequences()) {
            assertThat(all.get(index).prompt()).isEqualTo(prompt);
            behindIt += all.get(index).completion().size() - 1;
        }
        assertThat(share.positions()).isEqualTo(prompt.size() + behindIt);
    }

    @Test
    void paddingStaysSmall() {
        assertThat(padding(sequences(lengths(500, 200, 2)))).isLessThan(0.1);
        assertThat(padding(groups(128, 8, 6, 4))).isLessThan(0.1);
    }

    @Test
    void rowsOfSharesHaveFewSizes() {
        List<List<Integer>> sizes = IntStream.range(0, 100)
                .mapToObj(step -> MicroBatches.cut(groups(120 + step % 8, 4, 6, 4), 16_384, MODEL_WIDTH))
                .flatMap(List::stream)
                .map(cut -> List.of(cut.rows().size(), cut.width()))
                .distinct()
                .toList();
        assertThat(sizes).hasSizeLessThan(8);
    }

    @Test
    void aPromptGoesOnceForAllOfAGroupWhoseRolloutsStandFarApart() {
        List<TokenSequence> together = groups(128, 8, 6, 4);
        List<TokenSequence> shuffled = new ArrayList<>(together);
        Collections.shuffle(shuffled, new java.util.Random(5));

        long alone = together.stream().mapToLong(TokenSequence::positions).sum();
        assertThat(positions(shuffled)).isEqualTo(positions(together)).isLessThan(alone / 2);
    }

    @Test
    void aShortPromptIsNotShared() {
        assertThat(MicroBatches.cut(groups(8, 32, 1, 10), 4000, MODEL_WIDTH))
                .allSatisfy(cut -> assertThat(cut.rows())
                        .allSatisfy(row -> assertThat(row)
                                .allSatisfy(
                                        share -> assertThat(share.sequences()).hasSize(1))));
    }

    @Test
    void rowsAreNoLongerThanTheModelIsWideUnlessASequenceIs() {
        assertThat(MicroBatches.cut(groups(20, 8, 6, 4), 4000, MODEL_WIDTH))
                .allSatisfy(cut -> assertThat(cut.width()).isLessThanOrEqualTo(MODEL_WIDTH));
        List<TokenSequence> ofLong = groups(3, 4, 50, 100);
        int longest = ofLong.stream().mapToInt(TokenSequence::positions).max().orElseThrow();
        assertThat(MicroBatches.cut(ofLong, 4000, MODEL_WIDTH))
                .allSatisfy(cut -> assertThat(cut.width()).isLessThanOrEqualTo(longest));
    }

    @Test
    void aLoneLongSequenceDoesNotPadAllOthers() {
        List<Integer> lengths = new ArrayList<>(List.of(1000));
        lengths.addAll(Collections.nCopies(150, 10));
        List<MicroBatch> cuts = MicroBatches.cut(sequences(lengths), 4000, MODEL_WIDTH);
        assertThat(cuts).hasSize(2);
        assertThat(cuts.get(0).sequences()).containsExactly(0);
        assertThat(cuts.get(1).isPlain()).isTrue();
        assertThat(cuts.get(1).width()).isEqualTo(10);
    }

    @Test
    void equalLengthsKeepTheirOrder() {
        assertThat(MicroBatches.cut(sequences(List.of(3, 5, 3, 5)), 100, MODEL_WIDTH))
                .singleElement()
                .satisfies(cut -> {
                    assertThat(cut.sequences()).containsExactly(1, 3, 0, 2);
                    assertThat(cut.isPlain()).isTrue();
                });
    }

    private static double padding(List<TokenSequence> sequences) {
        long used = MicroBatches.cut(sequences, 4000, MODEL_WIDTH).stream()
                .flatMap(cut -> cut.rows().stream())
                .flatMap(List::stream)
                .mapToLong(Share::positions)
                .sum();
        return positions(sequences) / (double) used - 1;
    }

    private static long positions(List<TokenSequence> sequences) {
        return MicroBatches.cut(sequences, 4000, MODEL_WIDTH).stream()
                .mapToLong(cut -> (long) cut.rows().size() * cut.width())
                .sum();
    }

    private static List<Integer> lengths(int count, int longest, long seed) {
        return new SplittableRandom(seed).ints(count, 1, longest + 1).boxed().toList();
    }

    private List<TokenSequence> sequences(List<Integer> positions) {
        return positions.stream()
                .map(length -> new TokenSequence(Toy.tokens(length, random), Toy.tokens(1, random), 1))
                .toList();
    }

    /** Completions have from one token to {@code longest}. */
    private List<TokenSequence> groups(int count, int size, int prompt, int longest) {
        List<TokenSequence> all = new ArrayList<>();
        for (int group = 0; group < count; group++) {
            Tokens shared = Toy.tokens(prompt, random);
            for (int i = 0; i < size; i++) {
                all.add(new TokenSequence(shared, Toy.tokens(1 + random.nextInt(longest), random), 1));
            }
        }
        return all;
    }
}
