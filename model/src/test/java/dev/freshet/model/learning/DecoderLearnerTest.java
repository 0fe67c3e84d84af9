package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.JavaBuffers;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.Rlvr;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderLearnerTest {
    private static final String[] DESCENT = ToyLearner.DESCENT.toArray(new String[0]);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void gradientIsTheDifferenceQuotientOfTheWholeLoss() throws Exception {
        List<TensorData> start = Toy.weights(1);
        double[] weights = Toy.values(start);
        double[] gradient = gradient(start, Toy.batch(6, 2), 100_000);
        double norm = norm(gradient);
        double step = 0.003;
        double[] above = weights.clone();
        double[] below = weights.clone();
        for (int i = 0; i < weights.length; i++) {
            above[i] += step * gradient[i] / norm;
            below[i] -= step * gradient[i] / norm;
        }
        double rise = lossAt(Toy.withValues(start, above)) - lossAt(Toy.withValues(start, below));
        // The loss is computed in float32: its rounding, 1e-7, counts 1 / (2 step) fold.
        assertThat(rise / (2 * step)).isCloseTo(norm, within(1e-4 * norm + 2e-5));
    }

    @Test
    void aStepIsAdamWOnTheClippedGradient() throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(6, 2);
        double[] gradient = gradient(start, batch, 100_000);
        double maxNorm = 0.5 * norm(gradient);
        DecoderLearner learner = learner(
                LearnerState.fresh(start),
                Toy.settings(
                        "freshet.train.mini-batches = 1",
                        "freshet.train.learning-rate = 0.01",
                        "freshet.train.learning-rate-warm-up-steps = 0",
                        "freshet.train.adam { beta1 = 0.9, beta2 = 0.99, epsilon = 1e-3, weight-decay = 0.1 }",
                        "freshet.train.max-gradient-norm = " + maxNorm));
        StepReport report = learn(learner, batch, Toy.grpo("none"));
        double[] before = Toy.values(start);
        double[] after = Toy.values(snapshot(learner).weights());
        for (int i = 0; i < before.length; i++) {
            double clipped = gradient[i] * maxNorm / norm(gradient);
            // With bias correction the first step's moments are g and g^2.
            double adam = clipped / (Math.abs(clipped) + 1e-3);
            double expected = before[i] - 0.01 * 0.1 * before[i] - 0.01 * adam;
            // The gradient is known to about 1e-7, which epsilon may magnify a thousandfold, times the rate.
            assertThat(after[i]).isCloseTo(expected, within(5e-6));
        }
        assertThat(report.gradientNorm()).isCloseTo(norm(gradient), within(1e-5));
        assertThat(report.learningRate()).isEqualTo(0.01);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 64})
    void theUpdateDoesNotDependOnTheCutIntoMicroBatches(int tokenBudget) throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(6, 2);
        double[] whole = gradient(start, batch, 100_000);
        double[] cut = gradient(start, batch, tokenBudget);
        for (int i = 0; i < whole.length; i++) {
            // Both are differences of float32 weights of order 1.
            assertThat(cut[i]).isCloseTo(whole[i], within(1e-6));
        }
    }

    @Test
    void rewardedCompletionsGainOnTheOthers() throws Exception {
        Tokens prompt = Tokens.of(1, 2, 3);
        Tokens good = Tokens.of(4, 5);
        Tokens bad = Tokens.of(6, 7);
        List<TensorData> start = Toy.weights(1);
        DecoderLearner learner = learner(
                LearnerState.fresh(start), Toy.settings("freshet.train { mini-batches = 1, learning-rate = 3e-3 }"));
        List<Double> margins = new ArrayList<>();
        for (int step = 0; step < 10; step++) {
            List<LogProbs> scores = score(snapshot(learner).weights(), prompt, good, bad);
            margins.add(scores.get(0).sum() - scores.get(1).sum());
            List<Rollout> rollouts =
                    List.of(Toy.rollout(good, scores.get(0), step), Toy.rollout(bad, scores.get(1), step));
            learn(learner, List.of(Toy.scored(step, prompt, rollouts, List.of(1.0, 0.0), List.of())), Toy.grpo("none"));
        }
        assertThat(margins).isSorted();
        assertThat(margins.get(9) - margins.get(0)).isGreaterThan(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e30, 1e300})
    void aStepThatIsNotFiniteChangesNothing(double reward) throws Exception {
        DecoderLearner learner = learner(LearnerState.fresh(Toy.weights(1)), Toy.settings());
        learn(learner, Toy.batch(6, 2), Toy.grpo("js"));
        LearnerSnapshot before = snapshot(learner);
        // 1e30 is finite in float32, but its gradient's norm is not; 1e300 is not finite at all.
        List<Double> rewards = List.of(reward, -reward);
        List<Rollout> rollouts = List.of(
                Toy.rollout(Tokens.of(1, 2), LogProbs.of(-2, -2), 1),
                Toy.rollout(Tokens.of(3, 4), LogProbs.of(-2, -2), 1));
        ScoredGroup poisoned =
                Toy.scored(9, Tokens.of(5), rollouts, rewards, List.of(LogProbs.of(-2, -2), LogProbs.of(-2, -2)));
        StepReport report = learn(learner, List.of(poisoned), Toy.grpo("js"));
        LearnerSnapshot after = snapshot(learner);
        assertThat(report.skippedMiniBatches()).isEqualTo(2);
        assertThat(report.loss()).isNaN();
        assertThat(after.weights()).isEqualTo(before.weights());
        assertThat(after.optimizer()).isEqualTo(before.optimizer());
        assertThat(after.optimizerSteps()).isEqualTo(before.optimizerSteps());
        assertThat(after.version()).isEqualTo(before.version().next());
        // The gradients of the skipped step are gone, too.
        DecoderLearner other = learner(
                new LearnerState(after.version(), after.step(), 2, before.weights(), before.optimizer()),
                Toy.settings());
        learn(learner, Toy.batch(6, 3), Toy.grpo("js"));
        learn(other, Toy.batch(6, 3), Toy.grpo("js"));
        assertThat(snapshot(learner).weights()).isEqualTo(snapshot(other).weights());
    }

    @Test
    void aRestoredLearnerGoesOnBitForBit() throws Exception {
        DecoderLearner uninterrupted = learner(LearnerState.fresh(Toy.weights(1)), Toy.settings());
        learn(uninterrupted, Toy.batch(6, 2), Toy.grpo("js"));
        learn(uninterrupted, Toy.batch(6, 3), Toy.grpo("js"));
        DecoderLearner restored = learner(snapshot(uninterrupted), Toy.settings());
        learn(uninterrupted, Toy.batch(6, 4), Toy.grpo("js"));
        learn(restored, Toy.batch(6, 4), Toy.grpo("js"));
        LearnerSnapshot one = snapshot(uninterrupted);
        LearnerSnapshot other = snapshot(restored);
        assertThat(other.weights()).isEqualTo(one.weights());
        assertThat(other.optimizer()).isEqualTo(one.optimizer());
        assertThat(other.version()).isEqualTo(new PolicyVersion(3));
        assertThat(other.optimizerSteps()).isEqualTo(6);
    }

    @Test
    void aVersionCanBeLeasedAsSoonAsItsStepIsDone() throws Exception {
        WeightRegistry registry = registry();
        DecoderLearner learner =
                DecoderLearner.start(Toy.CONFIG, Toy.settings(), LearnerState.fresh(Toy.weights(1)), registry);
        open.add(learner);
        assertThat(registry.newest()).contains(PolicyVersion.INITIAL);
        assertThat(learner.learn(Toy.batch(2, 2), Toy.grpo("none"))
                        .thenApply(report -> registry.newest().orElseThrow())
                        .toCompletableFuture()
                        .join())
                .isEqualTo(new PolicyVersion(1));
        assertThat(learner.version()).isEqualTo(new PolicyVersion(1));
    }

    @Test
    void theReportSaysWhatTheStepDid() throws Exception {
        List<TensorData> start = Toy.weights(1);
        DecoderLearner learner = learner(
                new LearnerState(new PolicyVersion(7), 7, 14, start, List.of()),
                Toy.settings("freshet.train.mini-batches = 3"));
        Tokens prompt = Tokens.of(1, 2, 3);
        Tokens shorter = Tokens.of(4);
        Tokens longer = Tokens.of(5, 6);
        List<LogProbs> scores = score(start, prompt, shorter, longer);
        List<Rollout> rollouts = List.of(Toy.rollout(shorter, scores.get(0), 7), Toy.rollout(longer, scores.get(1), 5));
        List<ScoredGroup> batch = List.of(
                Toy.scored(12, prompt, rollouts, List.of(1.0, 0.25), scores),
                Toy.scored(11, prompt, rollouts, List.of(0.0, 2.0), scores));
        StepReport report = learn(
                learner, batch, Toy.grpo("js").withRegularisation(Toy.grpo("js").regularisation()));
        assertThat(report.version()).isEqualTo(new PolicyVersion(8));
        assertThat(report.objective()).isEqualTo("grpo");
        assertThat(report.divergence()).isEqualTo("js");
        assertThat(report.coefficient()).isEqualTo(0.05);
        assertThat(report.firstSequence()).isEqualTo(11);
        assertThat(report.lastSequence()).isEqualTo(12);
        assertThat(report.groups()).isEqualTo(2);
        assertThat(report.rollouts()).isEqualTo(4);
        assertThat(report.trainedTokens()).isEqualTo(6);
        assertThat(report.meanReward()).isEqualTo(3.25 / 4);
        assertThat(report.accuracy()).isEqualTo(0.5);
        assertThat(report.maxStaleness()).isEqualTo(2);
        assertThat(report.meanStaleness()).isEqualTo(1);
        assertThat(report.entropy()).isBetween(1.5, Math.log(Toy.VOCABULARY));
        // Behaviour and reference are the learner itself, which three updates move only a little.
        assertThat(report.meanRatio()).isCloseTo(1, within(0.05));
        assertThat(report.effectiveSampleSize()).isBetween(0.95, 1.0);
        assertThat(report.divergenceValue()).isBetween(0.0, 0.01);
        assertThat(report.clampedLogRatios()).isZero();
        assertThat(report.skippedMiniBatches()).isZero();
        assertThat(snapshot(learner).optimizerSteps()).isEqualTo(17);
    }

    @Test
    void onPolicyRatiosAreOne() throws Exception {
        List<TensorData> start = Toy.weights(1);
        DecoderLearner learner = learner(LearnerState.fresh(start), Toy.settings("freshet.train.mini-batches = 1"));
        Tokens prompt = Tokens.of(1, 2, 3);
        List<LogProbs> scores = score(start, prompt, Tokens.of(4), Tokens.of(5, 6));
        List<Rollout> rollouts =
                List.of(Toy.rollout(Tokens.of(4), scores.get(0), 0), Toy.rollout(Tokens.of(5, 6), scores.get(1), 0));
        StepReport report = learn(
                learner, List.of(Toy.scored(0, prompt, rollouts, List.of(1.0, 0.0), scores)), Toy.grpo("reverse-kl"));
        assertThat(report.meanRatio()).isCloseTo(1, within(1e-6));
        assertThat(report.effectiveSampleSize()).isCloseTo(1, within(1e-6));
        assertThat(report.divergenceValue()).isCloseTo(0, within(1e-6));
    }

    @Test
    void withoutADivergenceNoneIsReported() throws Exception {
        DecoderLearner learner = learner(LearnerState.fresh(Toy.weights(1)), Toy.settings());
        StepReport report = learn(learner, Toy.batch(2, 2), Toy.grpo("none"));
        assertThat(report.divergence()).isEqualTo("none");
        assertThat(report.divergenceValue()).isNaN();
    }

    @Test
    void batchesThatCannotBeLearntFromAreRefused() throws Exception {
        DecoderLearner learner = learner(LearnerState.fresh(Toy.weights(1)), Toy.settings());
        ScoredGroup unscored = Toy.scored(
                4, Tokens.of(1), List.of(Toy.rollout(Tokens.of(2), LogProbs.of(-2), 0)), List.of(1.0), List.of());
        ScoredGroup tooLong = Toy.scored(
                4,
                Toy.tokens(17, new SplittableRandom(1)),
                List.of(Toy.rollout(Tokens.of(2), LogProbs.of(-2), 0)),
                List.of(1.0),
                List.of());
        assertRefused(learner, List.of(), Toy.grpo("none"), "a batch must have at least one group, had none");
        assertRefused(
                learner,
                List.of(unscored),
                Toy.grpo("js"),
                "group 4 must have reference log-probs for grpo with divergence js, had none (freshet.reference)");
        assertRefused(
                learner,
                List.of(tooLong),
                Toy.grpo("none"),
                "a sequence must have at most 16 positions, had 17 (freshet.model.max-length)");
        assertThat(learner.version()).isEqualTo(PolicyVersion.INITIAL);
    }

    @Test
    void aForeignStateIsRefused() throws Exception {
        List<TensorData> weights = Toy.weights(1);
        assertThatThrownBy(() -> learner(LearnerState.fresh(weights.subList(1, weights.size())), Toy.settings()))
                .hasMessage("weights must have a tensor model.embed_tokens.weight, had none");
        LearnerState withoutMoments = new LearnerState(PolicyVersion.INITIAL, 0, 0, weights, List.of(weights.get(0)));
        assertThatThrownBy(() -> learner(withoutMoments, Toy.settings()))
                .hasMessage("optimizer state exp_avg: weights must have a tensor model.embed_tokens.weight, had none");
    }

    @Test
    void noArrayAndNoBufferStaysAfterAStep() throws Exception {
        DecoderLearner learner = learner(
                LearnerState.fresh(Toy.weights(1)),
                Toy.settings("freshet.train { mini-batches = 1, micro-batch-tokens = 20 }"));
        Rlvr grpo = Toy.grpo("js");
        // The registry's buffers come into being with the first two versions.
        for (int step = 0; step < 3; step++) {
            learn(learner, Toy.batch(1, step), grpo);
        }
        Map<ArrayKind, Integer> before = OpenArrays.count();
        long buffersBefore = JavaBuffers.settledCount();
        for (int step = 0; step < 200; step++) {
            learn(learner, Toy.batch(1, step), grpo);
        }
        assertThat(JavaBuffers.count()).isLessThanOrEqualTo(buffersBefore);
        snapshot(learner).close();
        assertThat(OpenArrays.count()).isEqualTo(before);
        int parameters = Toy.weights(1).size();
        assertThat(before)
                .containsEntry(ArrayKind.PARAMETERS, parameters)
                .containsEntry(ArrayKind.MOMENTS, 3 * parameters)
                .containsEntry(ArrayKind.PUBLISHED, 2 * parameters)
                .containsEntry(ArrayKind.BATCH, 0);
    }

    private double lossAt(List<TensorData> weights) throws InterruptedException {
        DecoderLearner learner = learner(LearnerState.fresh(weights), Toy.settings(DESCENT));
        return learn(learner, Toy.batch(6, 2), Toy.grpo("none")).loss();
    }

    private static double[] gradient(List<TensorData> start, List<ScoredGroup> batch, int tokenBudget)
            throws InterruptedException {
        return ToyLearner.gradient(start, batch, Toy.grpo("none"), "freshet.train.micro-batch-tokens = " + tokenBudget);
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    private List<LogProbs> score(List<TensorData> weights, Tokens prompt, Tokens first, Tokens second)
            throws InterruptedException {
        LogProbs unknown = LogProbs.of(0);
        List<Rollout> rollouts = List.of(
                Toy.rollout(first, first.size() == 1 ? unknown : LogProbs.of(0, 0), 0),
                Toy.rollout(second, second.size() == 1 ? unknown : LogProbs.of(0, 0), 0));
        ScorerSettings settings = ScorerSettings.from(Toy.config());
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, settings, weights)) {
            return scorer.score(Toy.scored(0, prompt, rollouts, List.of(0.0, 0.0), List.of())
                            .group())
                    .toCompletableFuture()
                    .join();
        }
    }

    private DecoderLearner learner(LearnerSnapshot state, LearnerSettings settings) throws InterruptedException {
        DecoderLearner learner = DecoderLearner.start(Toy.CONFIG, settings, state, registry());
        open.add(learner);
        return learner;
    }

    private WeightRegistry registry() {
        WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
        open.add(registry);
        return registry;
    }

    private static StepReport learn(DecoderLearner learner, List<ScoredGroup> batch, PolicyObjective objective) {
        return learner.learn(batch, objective).toCompletableFuture().join();
    }

    private static LearnerSnapshot snapshot(DecoderLearner learner) {
        return learner.snapshot().toCompletableFuture().join();
    }

    private static void assertRefused(
            DecoderLearner learner, List<ScoredGroup> batch, PolicyObjective objective, String refusal) {
        assertThatThrownBy(() -> learn(learner, batch, objective))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal);
    }
}
