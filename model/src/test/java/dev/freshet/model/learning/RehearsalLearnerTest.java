package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.objective.Rlvr;
import dev.freshet.model.objective.RlvrVariant;
import dev.freshet.model.objective.TokenAdvantages;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A decoder that learns from rehearsal beside rollouts. */
class RehearsalLearnerTest {
    /** Rewards that are all equal: nothing but the rehearsal teaches. */
    private static final List<ScoredGroup> GROUPS =
            Toy.batch(6, 2).stream().map(group -> Toy.rewarded(group, 0)).toList();

    private static final LearningBatch BATCH = new LearningBatch(GROUPS, sequences(10, 5));

    @ParameterizedTest
    @CsvSource({"forward-kl, centred", "forward-kl, plain", "js-gan, centred", "js, centred", "'\"alpha:0.5\"', centred"
    })
    void gradientIsTheDifferenceQuotientOfTheLossOnRehearsal(String divergence, String form) throws Exception {
        List<TensorData> start = Toy.weights(1);
        Rlvr rlvr = rehearsing(divergence, form);
        double[] weights = Toy.values(start);
        double[] gradient = ToyLearner.gradient(start, BATCH, rlvr);
        double norm =
                Math.sqrt(Arrays.stream(gradient).map(slope -> slope * slope).sum());
        double step = 0.003;
        double[] above = weights.clone();
        double[] below = weights.clone();
        for (int i = 0; i < weights.length; i++) {
            above[i] += step * gradient[i] / norm;
            below[i] -= step * gradient[i] / norm;
        }
        double rise = report(Toy.withValues(start, above), BATCH, rlvr).loss()
                - report(Toy.withValues(start, below), BATCH, rlvr).loss();
        // The loss is computed in float32: its rounding, 1e-7, counts 1 / (2 step) fold.
        assertThat(rise / (2 * step)).isCloseTo(norm, within(2e-3 * norm + 2e-5));
        assertThat(norm).isGreaterThan(1e-3);
    }

    @Test
    void rolloutsAndRehearsalAddUp() throws Exception {
        List<TensorData> start = Toy.weights(1);
        Rlvr rlvr = rehearsing("forward-kl", "centred");
        List<ScoredGroup> rewarded = Toy.batch(6, 2);
        double[] both = ToyLearner.gradient(start, new LearningBatch(rewarded, BATCH.rehearsal()), rlvr);
        double[] rehearsal = ToyLearner.gradient(start, BATCH, rlvr);
        double[] rollouts = ToyLearner.gradient(
                start, rewarded, rlvr.withRegularisation(rlvr.regularisation().with("none", 1)));
        for (int i = 0; i < both.length; i++) {
            // Differences of float32 weights of order 1.
            assertThat(both[i]).isCloseTo(rollouts[i] + rehearsal[i], within(1e-6));
        }
    }

    @Test
    void theStepDoesNotDependOnMicroBatches() throws Exception {
        List<TensorData> start = Toy.weights(1);
        Rlvr rlvr = rehearsing("js-gan", "centred");
        double[] whole = ToyLearner.gradient(start, BATCH, rlvr);
        double[] cut = ToyLearner.gradient(start, BATCH, rlvr, "freshet.train.micro-batch-tokens = 16");
        for (int i = 0; i < whole.length; i++) {
            assertThat(cut[i]).isCloseTo(whole[i], within(1e-6));
        }
    }

    @Test
    void theReportCountsRehearsalApart() throws Exception {
        StepReport report = report(Toy.weights(1), BATCH, rehearsing("forward-kl", "centred"));
        assertThat(report.rehearsalSequences()).isEqualTo(10);
        assertThat(report.rehearsalTokens())
                .isEqualTo(BATCH.rehearsal().stream()
                        .mapToLong(sequence -> sequence.completion().size())
                        .sum());
        StepReport without = report(Toy.weights(1), LearningBatch.of(GROUPS), Toy.grpo("none"));
        assertThat(without.rehearsalSequences()).isZero();
        assertThat(without.rehearsalTokens()).isZero();
        assertThat(report.trainedTokens()).isEqualTo(without.trainedTokens());
        assertThat(report.entropy()).isEqualTo(without.entropy());
        // Of one mini-batch, with coefficient 1 and the same weight for each token.
        assertThat(report.divergenceValue())
                .isCloseTo(report.loss(), within(1e-6))
                .isGreaterThan(1e-4);
        assertThat(without.divergenceValue()).isNaN();
    }

    @Test
    void anObjectiveThatReadsNoneLearnsFromGroupsAlone() throws Exception {
        StepReport report = report(Toy.weights(1), BATCH, Toy.grpo("none"));
        assertThat(report.rehearsalSequences()).isZero();
        assertThat(report.loss())
                .isEqualTo(report(Toy.weights(1), LearningBatch.of(GROUPS), Toy.grpo("none"))
                        .loss());
    }

    @Test
    void aBatchWithoutRehearsalIsRefused() throws Exception {
        try (ToyLearner learner = ToyLearner.start(Toy.weights(1))) {
            assertThatThrownBy(() -> learner.learn(GROUPS, rehearsing("js", "centred")))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage(
                            "a batch must have rehearsal sequences for grpo with divergence js estimated on"
                                    + " rehearsal, had none (freshet.rehearsal.from)");
        }
    }

    @Test
    void sequencesAreSpreadOverTheMiniBatches() {
        List<TrainingSequence> rollouts = new ArrayList<>();
        GROUPS.forEach(group -> {
            for (int i = 0; i < group.group().rollouts().size(); i++) {
                rollouts.add(new TrainingSequence(
                        TokenSequence.of(group.group()).get(i),
                        group.group().rollouts().get(i),
                        TokenAdvantages.same(
                                0, group.group().rollouts().get(i).completion().size()),
                        group.group().rollouts().get(i).behaviour(),
                        null));
            }
        });
        List<MiniBatch> cut = MiniBatch.cut(rollouts, sequences(7, 1), 3);
        assertThat(cut).extracting(part -> part.rollouts().size()).containsExactly(8, 8, 8);
        assertThat(cut).extracting(part -> part.rehearsal().size()).containsExactly(2, 2, 3);
        assertThat(MiniBatch.cut(rollouts, sequences(1, 1), 3))
                .extracting(part -> part.rehearsal().size())
                .containsExactly(0, 0, 1);
    }

    @Test
    void arraysOfRehearsalAreClosed() throws Exception {
        try (ToyLearner learner = ToyLearner.start(Toy.weights(1))) {
            Rlvr rlvr = rehearsing("js-gan", "centred");
            for (int step = 0; step < 3; step++) {
                learner.learn(BATCH, rlvr);
            }
            Map<ArrayKind, Integer> before = OpenArrays.count();
            for (int step = 0; step < 20; step++) {
                learner.learn(BATCH, rlvr);
            }
            assertThat(OpenArrays.count()).isEqualTo(before);
        }
    }

    private static StepReport report(List<TensorData> weights, LearningBatch batch, Rlvr rlvr)
            throws InterruptedException {
        try (ToyLearner learner = ToyLearner.start(weights, "freshet.train.mini-batches = 1")) {
            return learner.learn(batch, rlvr);
        }
    }

    private static Rlvr rehearsing(String divergence, String form) {
        return Toy.rlvr(
                RlvrVariant.GRPO,
                "freshet { divergence = " + divergence
                        + ", divergence-coefficient = 1, divergence-estimator = rehearsal }",
                "freshet.rehearsal { from = set, form = " + form + " }",
                "freshet.rlvr.advantage = centred");
    }

    private static List<RehearsalSequence> sequences(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Tokens completion = Toy.tokens(1 + random.nextInt(6), random);
                    return new RehearsalSequence(
                            Toy.tokens(1 + random.nextInt(5), random),
                            completion,
                            Toy.logProbs(completion.size(), random),
                            Toy.TEMPERATURE);
                })
                .toList();
    }
}
