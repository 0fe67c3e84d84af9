package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.transformer.TokenRows;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderLogProbScorerTest {
    private final List<RolloutGroup> groups =
            Toy.batch(12, 5).stream().map(ScoredGroup::group).toList();

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fp32", "fp32-packed"})
    void scoresAreEachTokensLogProbInTheFullDistribution(String flavour) throws Exception {
        List<TensorData> weights = Toy.weights(1);
        ScorerSettings settings =
                ScorerSettings.from(Toy.config("freshet.reference-scorer.matrix-flavour = " + flavour));
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, settings, weights)) {
            List<CompletionStage<List<LogProbs>>> waiting =
                    groups.stream().map(scorer::score).toList();
            for (int i = 0; i < groups.size(); i++) {
                assertThatTheyAreOfTheFullDistribution(join(waiting.get(i)), groups.get(i), weights);
            }
        }
    }

    private static void assertThatTheyAreOfTheFullDistribution(
            List<LogProbs> scores, RolloutGroup group, List<TensorData> weights) throws Exception {
        for (int i = 0; i < scores.size(); i++) {
            Rollout rollout = group.rollouts().get(i);
            float[] expected = forward(weights, group.prompt().tokens(), rollout.completion());
            for (int token = 0; token < expected.length; token++) {
                // Another order of summation: 1e-5 is what the stream promises.
                assertThat(scores.get(i).get(token)).isCloseTo(expected[token], within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 100_000})
    void scoresDoNotDependOnWhoWaitsWithWhom(int batchTokens) throws Exception {
        List<TensorData> weights = Toy.weights(1);
        ScorerSettings together =
                ScorerSettings.from(Toy.config("freshet.reference-scorer.batch-tokens = " + batchTokens));
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, together, weights);
                DecoderLogProbScorer alone =
                        DecoderLogProbScorer.start(Toy.CONFIG, together.deterministic(), weights)) {
            List<CompletionStage<List<LogProbs>>> waiting =
                    groups.stream().map(scorer::score).toList();
            for (int i = 0; i < groups.size(); i++) {
                List<LogProbs> scores = join(waiting.get(i));
                List<LogProbs> expected = join(alone.score(groups.get(i)));
                assertThat(scores).hasSameSizeAs(expected);
                for (int rollout = 0; rollout < scores.size(); rollout++) {
                    assertThat(scores.get(rollout).sum())
                            .isCloseTo(expected.get(rollout).sum(), within(1e-5));
                }
            }
        }
    }

    @Test
    void groupsScoredAloneHaveTheSameBitsInAnyOrder() throws Exception {
        ScorerSettings settings = ScorerSettings.from(Toy.config()).deterministic();
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, settings, Toy.weights(1))) {
            List<LogProbs> first = join(scorer.score(groups.get(7)));
            List<CompletionStage<List<LogProbs>>> waiting =
                    groups.stream().map(scorer::score).toList();
            assertThat(join(waiting.get(7))).isEqualTo(first);
        }
    }

    @Test
    void aGroupTooLongFailsAloneAndTheNextIsScored() throws Exception {
        ScorerSettings settings = ScorerSettings.from(Toy.config());
        RolloutGroup tooLong = new RolloutGroup(
                new AdmittedPrompt(0, new Prompt("", Toy.tokens(40, new SplittableRandom(1)), ""), Toy.TEMPERATURE),
                List.of(Toy.rollout(Tokens.of(1), LogProbs.of(-1), 0)));
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, settings, Toy.weights(1))) {
            assertThatThrownBy(() -> join(scorer.score(tooLong)))
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining(
                            "a sequence must have at most 16 positions, had 40 (freshet.model.max-length)");
            assertThat(join(scorer.score(groups.get(0)))).hasSize(Toy.GROUP_SIZE);
        }
    }

    @Test
    void whatWaitsIsScoredBeforeTheScorerCloses() throws Exception {
        DecoderLogProbScorer scorer =
                DecoderLogProbScorer.start(Toy.CONFIG, ScorerSettings.from(Toy.config()), Toy.weights(1));
        CompletionStage<List<LogProbs>> last = scorer.score(groups.get(0));
        scorer.close();
        assertThat(join(last)).hasSize(Toy.GROUP_SIZE);
        CompletionStage<List<LogProbs>> tooLate = scorer.score(groups.get(0));
        assertThatThrownBy(() -> join(tooLate))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("reference-scorer is closed and takes no more work");
    }

    @Test
    void aScorerThatCannotStartLeavesNothingOpen() throws Exception {
        ScorerSettings settings = ScorerSettings.from(Toy.config());
        List<TensorData> weights = Toy.weights(1);
        Map<ArrayKind, Integer> before = OpenArrays.count();
        // No weight depends on the maximum length; only the rotary tables, which come last, cannot be this long.
        DecoderConfig endless = Toy.CONFIG.withMaxLength(Integer.MAX_VALUE / 7);
        assertThatThrownBy(() -> DecoderLogProbScorer.start(endless, settings, weights))
                .isInstanceOf(NegativeArraySizeException.class);
        assertThat(OpenArrays.count()).isEqualTo(before);
    }

    @Test
    void noArrayStaysOpenAfterScoring() throws Exception {
        ScorerSettings settings = ScorerSettings.from(Toy.config());
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, settings, Toy.weights(1))) {
            join(scorer.score(groups.get(0)));
            Map<ArrayKind, Integer> before = OpenArrays.count();
            for (int round = 0; round < 20; round++) {
                for (RolloutGroup group : groups) {
                    join(scorer.score(group));
                }
            }
            assertThat(OpenArrays.count()).isEqualTo(before);
        }
    }

    /** Log-probs of a completion, one whole forward pass, by the definition of temperature. */
    private static float[] forward(List<TensorData> tensors, Tokens prompt, Tokens completion) throws Exception {
        try (EngineThread thread = EngineThread.start("forward", 1)) {
            return thread.call(() -> {
                try (DecoderProgram program = DecoderProgram.load(Toy.CONFIG, MatrixFlavour.PLAIN, ComputeDevice.CPU);
                        DecoderWeights weights =
                                DecoderWeights.of(Toy.CONFIG, ComputeDevice.CPU, ArrayKind.OTHER, tensors);
                        NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                    long[] ids = new long[prompt.size() + completion.size()];
                    prompt.copyTo(ids, 0);
                    completion.copyTo(ids, prompt.size());
                    long[] picks = new long[completion.size()];
                    for (int i = 0; i < picks.length; i++) {
                        picks[i] = prompt.size() - 1L + i;
                    }
                    NDArray distributions = program.logDistributions(
                            TokenRows.plain(manager.create(ids, new Shape(1, ids.length))),
                            manager.create(picks),
                            manager.create(0.8f),
                            weights.arguments());
                    float[] scores = new float[picks.length];
                    for (int i = 0; i < scores.length; i++) {
                        scores[i] = distributions.getFloat(i, completion.get(i));
                    }
                    return scores;
                }
            });
        }
    }

    private static List<LogProbs> join(CompletionStage<List<LogProbs>> stage) {
        return stage.toCompletableFuture().join();
    }
}
