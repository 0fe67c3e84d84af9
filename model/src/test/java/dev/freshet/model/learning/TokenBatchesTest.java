package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.objective.TokenAdvantages;
import dev.freshet.model.objective.TokenBatch;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenBatchesTest {
    private static final Tokens PROMPT = Tokens.of(1, 2, 3);

    @Test
    void everythingRunsAlongTheTokens() {
        List<TrainingSequence> sequences = List.of(
                sequence(Tokens.of(4, 5), LogProbs.of(-1, -2), 0.5, LogProbs.of(-3, -4)),
                sequence(Tokens.of(6), LogProbs.of(-5), -0.5, LogProbs.of(-6)));
        try (NDManager owner = NDManager.newBaseManager()) {
            TokenBatch batch = TokenBatches.of(sequences, new double[] {0.25, 0.75}, 2, owner);
            assertThat(batch.advantage().toFloatArray()).containsExactly(0.5f, 0.5f, -0.5f);
            assertThat(batch.behaviour().toFloatArray()).containsExactly(-1, -2, -5);
            assertThat(values(batch.reference())).containsExactly(-3, -4, -6);
            assertThat(batch.weight().toFloatArray()).containsExactly(0.25f, 0.25f, 0.75f);
            assertThat(batch.samplingCorrection().toFloatArray()).containsExactly(1, 1, 1);
            PackedSequences packed = PackedSequences.of(
                    sequences.stream().map(TrainingSequence::tokens).toList(), owner);
            assertThat(packed.rows().ids().toLongArray()).containsExactly(1, 2, 3, 4, 1, 2, 3, 0);
            assertThat(packed.picks().toLongArray()).containsExactly(2, 3, 6);
            assertThat(packed.targets().toLongArray()).containsExactly(4, 5, 6);
        }
    }

    @Test
    void completionsStandSideBySideBehindTheirPrompt() {
        List<TokenSequence> sequences = List.of(
                new TokenSequence(PROMPT, Tokens.of(4, 5, 6), 1),
                new TokenSequence(Tokens.of(9), Tokens.of(8, 7), 1),
                new TokenSequence(PROMPT, Tokens.of(7), 1),
                new TokenSequence(PROMPT, Tokens.of(8, 4), 1));
        MicroBatch batch = MicroBatches.cut(sequences, 100, 16).get(0);
        assertThat(batch.sequences()).containsExactly(0, 2, 3, 1);
        try (NDManager owner = NDManager.newBaseManager()) {
            PackedSequences packed = PackedSequences.of(batch, sequences, owner);
            assertThat(packed.rows().ids().getShape()).isEqualTo(new Shape(1, 8));
            assertThat(packed.rows().ids().toLongArray()).containsExactly(1, 2, 3, 4, 5, 8, 9, 8);
            assertThat(packed.rows().layout().toLongArray())
                    .as("numbers, trees, branches")
                    .containsExactly(0, 1, 2, 3, 4, 3, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 3, 0, 1);
            assertThat(packed.picks().toLongArray()).containsExactly(2, 3, 4, 2, 2, 5, 6, 7);
            assertThat(packed.targets().toLongArray()).containsExactly(4, 5, 6, 7, 8, 4, 8, 7);
        }
    }

    @Test
    void picksArePaddedToOneOfFewSizes() {
        List<TokenSequence> sequences = Collections.nCopies(33, new TokenSequence(Tokens.of(1, 2, 3), Tokens.of(4), 1));
        try (NDManager owner = NDManager.newBaseManager()) {
            PackedSequences packed = PackedSequences.of(sequences, owner);
            assertThat(packed.targets().size()).isEqualTo(33);
            assertThat(packed.picks().toLongArray()).hasSize(36).endsWith(32 * 3 + 2, 0, 0, 0);
        }
    }

    @Test
    void eachPickHasItsSequencesTemperature() {
        TokenSequence cold = new TokenSequence(Tokens.of(1), Tokens.of(4, 5), 0.5);
        TokenSequence hot = new TokenSequence(Tokens.of(1), Tokens.of(4), 2);
        try (NDManager owner = NDManager.newBaseManager()) {
            assertThat(PackedSequences.of(List.of(cold, cold), owner)
                            .temperature()
                            .toFloatArray())
                    .containsExactly(0.5f);
            NDArray mixed = PackedSequences.of(List.of(cold, hot), owner).temperature();
            assertThat(mixed.getShape()).isEqualTo(new Shape(3, 1));
            assertThat(mixed.toFloatArray()).containsExactly(0.5f, 0.5f, 2);
        }
    }

    @Test
    void samplingCorrectionIsTheTruncatedRatioOfFullOverSampledDistribution() {
        Rollout rollout = new Rollout(
                Tokens.of(4, 5, 6),
                FinishReason.STOP,
                LogProbs.of(-2, -1, -1),
                LogProbs.of(-1, -1, -4),
                TokenVersions.of(0, 0, 0));
        TrainingSequence sequence = new TrainingSequence(
                new TokenSequence(PROMPT, rollout.completion(), 1),
                rollout,
                TokenAdvantages.same(1, 3),
                rollout.behaviour(),
                null);
        try (NDManager owner = NDManager.newBaseManager()) {
            TokenBatch batch = TokenBatches.of(List.of(sequence), new double[] {1}, 2, owner);
            assertThat(batch.reference()).isNull();
            assertThat(batch.samplingCorrection().toFloatArray())
                    .containsExactly(new float[] {(float) Math.exp(-1), 1, 2}, within(1e-6f));
        }
    }

    @Test
    void shufflesDependOnSeedAndStepAlone() {
        List<TrainingSequence> sequences = IntStream.range(0, 20)
                .mapToObj(i -> sequence(Tokens.of(i), LogProbs.of(-1), i, LogProbs.of(-1)))
                .toList();
        List<TrainingSequence> shuffled = TrainingSequence.shuffled(sequences, 1, 5);
        assertThat(shuffled).isEqualTo(TrainingSequence.shuffled(sequences, 1, 5));
        assertThat(shuffled).containsExactlyInAnyOrderElementsOf(sequences).isNotEqualTo(sequences);
        assertThat(shuffled).isNotEqualTo(TrainingSequence.shuffled(sequences, 1, 6));
        assertThat(shuffled).isNotEqualTo(TrainingSequence.shuffled(sequences, 2, 5));
    }

    @Test
    void partsDifferByAtMostOne() {
        List<TrainingSequence> sequences = IntStream.range(0, 7)
                .mapToObj(i -> sequence(Tokens.of(i), LogProbs.of(-1), i, LogProbs.of(-1)))
                .toList();
        assertThat(TrainingSequence.parts(sequences, 3).stream().map(List::size))
                .containsExactly(2, 2, 3);
        assertThat(TrainingSequence.parts(sequences, 3).stream().flatMap(List::stream))
                .containsExactlyElementsOf(sequences);
        assertThat(TrainingSequence.parts(sequences.subList(0, 2), 5)).hasSize(2);
    }

    private static TrainingSequence sequence(
            Tokens completion, LogProbs behaviour, double advantage, LogProbs reference) {
        Rollout rollout = Toy.rollout(completion, behaviour, 0);
        return new TrainingSequence(
                new TokenSequence(PROMPT, completion, 1),
                rollout,
                TokenAdvantages.same(advantage, completion.size()),
                behaviour,
                reference);
    }

    private static float[] values(@Nullable NDArray array) {
        return array == null ? new float[0] : array.toFloatArray();
    }
}
