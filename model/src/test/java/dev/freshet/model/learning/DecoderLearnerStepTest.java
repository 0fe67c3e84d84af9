package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What may differ from one step to the next, and from one group to the next. */
class DecoderLearnerStepTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    /** Each step goes by the settings it is given: from then on as a learner that was started with them. */
    @Test
    void aStepIsTakenWithItsOwnSettings() throws Exception {
        List<TensorData> start = Toy.weights(1);
        StepSettings other = Toy.settings(
                        "freshet.train { learning-rate = 0.02, mini-batches = 3, max-gradient-norm = 0.01 }")
                .step();
        DecoderLearner changed = learner(LearnerState.fresh(start), Toy.settings());
        learn(changed, Toy.batch(6, 2), Toy.grpo("js"));
        LearnerSnapshot between = snapshot(changed);
        DecoderLearner fromThenOn = learner(
                between,
                Toy.settings("freshet.train { learning-rate = 0.02, mini-batches = 3, max-gradient-norm = 0.01 }"));

        StepReport report = changed.learn(Toy.batch(6, 3), Toy.grpo("js"), other)
                .toCompletableFuture()
                .join();
        learn(fromThenOn, Toy.batch(6, 3), Toy.grpo("js"));

        assertThat(report.learningRate()).isEqualTo(other.learningRate().at(1));
        assertThat(snapshot(changed).optimizerSteps()).isEqualTo(2 + 3);
        assertThat(snapshot(changed).weights()).isEqualTo(snapshot(fromThenOn).weights());
    }

    /** On-policy ratios are one only where each group is scored at the temperature that it was sampled at. */
    @Test
    void eachGroupIsScoredAtItsOwnTemperature() throws Exception {
        List<TensorData> start = Toy.weights(1);
        DecoderLearner learner = learner(LearnerState.fresh(start), Toy.settings("freshet.train.mini-batches = 1"));
        Tokens prompt = Tokens.of(1, 2, 3);
        List<ScoredGroup> batch = new ArrayList<>();
        // 33 tokens, which are padded to 34.
        for (int i = 0; i < 11; i++) {
            double temperature = 0.5 + 0.1 * i;
            Rollout unscored = Toy.rollout(Tokens.of(5, 6, 7), LogProbs.of(0, 0, 0), 0);
            ScoredGroup group = Toy.scored(0, prompt, temperature, List.of(unscored), List.of(1.0), List.of());
            List<LogProbs> scores = score(start, group.group());
            Rollout sampled = Toy.rollout(Tokens.of(5, 6, 7), scores.get(0), 0);
            batch.add(Toy.scored(0, prompt, temperature, List.of(sampled), List.of(1.0), scores));
        }
        assertThat(batch).extracting(group -> group.reference().get(0)).doesNotHaveDuplicates();
        StepReport report = learn(learner, batch, Toy.grpo("reverse-kl"));
        assertThat(report.meanRatio()).isCloseTo(1, within(1e-6));
        assertThat(report.effectiveSampleSize()).isCloseTo(1, within(1e-6));
        assertThat(report.divergenceValue()).isCloseTo(0, within(1e-6));
    }

    @Test
    void theLowestTemperatureStillHasFiniteLogProbsAndGradients() throws Exception {
        List<TensorData> start = Toy.weights(1);
        DecoderLearner learner = learner(LearnerState.fresh(start), Toy.settings("freshet.train.mini-batches = 1"));
        Rollout unscored = Toy.rollout(Tokens.of(5, 6, 7), LogProbs.of(0, 0, 0), 0);
        ScoredGroup group = Toy.scored(
                0, Tokens.of(1, 2, 3), AdmittedPrompt.LOWEST_TEMPERATURE, List.of(unscored), List.of(1.0), List.of());
        List<LogProbs> scores = score(start, group.group());
        assertThat(scores.get(0).sum()).isFinite().isNegative();
        Rollout sampled = Toy.rollout(Tokens.of(5, 6, 7), scores.get(0), 0);
        ScoredGroup scored = Toy.scored(
                0, Tokens.of(1, 2, 3), AdmittedPrompt.LOWEST_TEMPERATURE, List.of(sampled), List.of(1.0), scores);
        StepReport report = learn(learner, List.of(scored), Toy.grpo("reverse-kl"));
        assertThat(report.skippedMiniBatches()).isZero();
        assertThat(report.loss()).isFinite();
        assertThat(report.gradientNorm()).isFinite();
    }

    private static List<LogProbs> score(List<TensorData> weights, RolloutGroup group) throws InterruptedException {
        ScorerSettings settings = ScorerSettings.from(Toy.config());
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, settings, weights)) {
            return scorer.score(group).toCompletableFuture().join();
        }
    }

    private DecoderLearner learner(LearnerSnapshot state, LearnerSettings settings) throws InterruptedException {
        WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
        open.add(registry);
        DecoderLearner learner = DecoderLearner.start(Toy.CONFIG, settings, state, registry);
        open.add(learner);
        return learner;
    }

    private static StepReport learn(DecoderLearner learner, List<ScoredGroup> batch, PolicyObjective objective) {
        return learner.learn(batch, objective).toCompletableFuture().join();
    }

    private static LearnerSnapshot snapshot(DecoderLearner learner) {
        return learner.snapshot().toCompletableFuture().join();
    }
}
