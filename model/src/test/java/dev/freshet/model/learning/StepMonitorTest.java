package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.learning.DivergenceReading.Anchor;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

class StepMonitorTest {
    private static final MonitorSettings EVERY_SECOND = new MonitorSettings(2, 4096, 20, 5);
    private static final MonitorSettings EVERY = new MonitorSettings(1, 4096, 20, 5);
    private static final String[] ONE_MINI_BATCH = {"freshet.train.mini-batches = 1"};

    private final List<StepMeasures> told = new ArrayList<>();

    @Test
    void everyStepIsToldAndEverySoManyWithAllDivergences() throws Exception {
        learn(EVERY_SECOND, Toy.grpo("js"), 4);

        assertThat(told)
                .extracting(StepMeasures::version)
                .extracting(PolicyVersion::number)
                .containsExactly(1L, 2L, 3L, 4L);
        assertThat(told).extracting(measures -> measures.divergences().size()).containsExactly(0, 22, 0, 22);
        assertThat(told.get(1).divergences())
                .extracting(DivergenceReading::divergence)
                .containsAll(DivergenceSpec.named().keySet());
        assertThat(told).allSatisfy(measures -> {
            assertThat(measures.publishedBytes()).isEqualTo(Toy.values(Toy.weights(1)).length * 4L);
            assertThat(measures.publishSeconds()).isPositive();
            assertThat(measures.importanceRatio().count())
                    .isEqualTo(measures.batch().tokenStaleness().count());
        });
    }

    @Test
    void readingsAreTheMeansThatTheirFormulasSay() throws Exception {
        List<ScoredGroup> batch = Toy.batch(6, 2);
        learn(EVERY, Toy.grpo("none"), 1);
        List<LogProbs> policy = policy(batch);

        // Sums of float32 terms near 0.01: relative rounding is 1e-7 a term.
        assertThat(reading("reverse-kl", Anchor.BEHAVIOUR))
                .isCloseTo(mean(batch, policy, (toReference, toBehaviour) -> f(toBehaviour)), within(1e-6));
        assertThat(reading("reverse-kl", Anchor.REFERENCE))
                .isCloseTo(
                        mean(
                                batch,
                                policy,
                                (toReference, toBehaviour) ->
                                        Math.min(5, Math.exp(toBehaviour)) * f(toReference) / Math.exp(toReference)),
                        within(1e-6));
        assertThat(reading("tv", Anchor.BEHAVIOUR))
                .isCloseTo(
                        mean(batch, policy, (toReference, toBehaviour) -> Math.abs(Math.exp(toBehaviour) - 1) / 2),
                        within(1e-6));
    }

    @Test
    void ofMoreTokensThanMayBeMeasuredASampleIs() throws Exception {
        List<ScoredGroup> batch = Toy.batch(6, 2);
        learn(new MonitorSettings(1, 1, 20, 5), Toy.grpo("none"), 1);
        List<Double> ofEachToken = new ArrayList<>();
        mean(batch, policy(batch), (toReference, toBehaviour) -> {
            ofEachToken.add(Math.abs(Math.exp(toBehaviour) - 1) / 2);
            return 0;
        });

        assertThat(reading("tv", Anchor.BEHAVIOUR))
                .satisfies(reading -> assertThat(ofEachToken)
                        .anySatisfy(token -> assertThat(reading).isCloseTo(token, within(1e-6))));
    }

    @Test
    void aSampleHasEveryPlaceOfSequencesOfOneLength() {
        int[] picks = DivergenceMonitor.picks(9000, 3000);

        assertThat(picks).hasSize(3000).isSorted().doesNotHaveDuplicates();
        assertThat(picks[2999]).isLessThan(9000);
        for (int place = 0; place < 3; place++) {
            int of = place;
            assertThat(Arrays.stream(picks).filter(pick -> pick % 3 == of).count())
                    .isBetween(950L, 1050L);
        }
        assertThat(DivergenceMonitor.picks(5, Integer.MAX_VALUE)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theImportanceRatioIsThatOfEachToken() throws Exception {
        List<ScoredGroup> batch = Toy.batch(6, 2);
        learn(EVERY_SECOND, Toy.grpo("none"), 1);

        double meanRatio = told.get(0).importanceRatio().sum()
                / told.get(0).importanceRatio().count();
        assertThat(meanRatio)
                .isCloseTo(
                        mean(batch, policy(batch), (toReference, toBehaviour) -> Math.exp(toBehaviour)), within(1e-6));
    }

    @Test
    void aDivergenceWithAParameterIsMeasuredWhileItIsInForce() throws Exception {
        learn(EVERY, Toy.grpo("\"alpha:0.3\""), 1);

        assertThat(told.get(0).divergences()).hasSize(24);
        assertThat(reading("alpha:0.3", Anchor.REFERENCE)).isPositive();
    }

    @Test
    void withoutAReferenceOnlyTheBehaviourIsMeasuredAgainst() throws Exception {
        List<ScoredGroup> bare = Toy.batch(6, 2).stream()
                .map(group -> ScoredGroup.withoutReference(group.verified()))
                .toList();
        learn(EVERY, Toy.grpo("none"), 1, bare);

        assertThat(told.get(0).divergences()).hasSize(11).allMatch(reading -> reading.against() == Anchor.BEHAVIOUR);
    }

    @Test
    void whoIsWatchedLearnsTheSame() throws Exception {
        assertThat(learn(EVERY, Toy.grpo("js"), 3)).isEqualTo(learn(MonitorSettings.OFF, Toy.grpo("js"), 3));
    }

    @Test
    void settingsAreRefusedWithTheirKeys() {
        assertThat(MonitorSettings.from(Toy.config())).isEqualTo(new MonitorSettings(20, 4096, 20, 5));
        assertThatThrownBy(() -> MonitorSettings.from(Toy.config("freshet.monitors.interval = -1")))
                .hasMessage("interval must be at least 0, was -1 (freshet.monitors.interval)");
        assertThatThrownBy(() -> MonitorSettings.from(Toy.config("freshet.monitors.tokens = 0")))
                .hasMessage("tokens must be at least 1, was 0 (freshet.monitors.tokens)");
        assertThatThrownBy(() -> MonitorSettings.from(Toy.config("freshet.monitors.log-ratio-clamp = 81")))
                .hasMessage("log-ratio-clamp must be in (0, 80], was 81.0 (freshet.monitors.log-ratio-clamp)");
        assertThatThrownBy(() -> MonitorSettings.from(Toy.config("freshet.monitors.weight-cap = 0.5")))
                .hasMessage("weight-cap must be at least 1, was 0.5 (freshet.monitors.weight-cap)");
    }

    /** f of reverse KL, t ln t - t + 1. */
    private static double f(double logRatio) {
        return Math.exp(logRatio) * logRatio - Math.exp(logRatio) + 1;
    }

    private double reading(String divergence, Anchor against) {
        return told.get(0).divergences().stream()
                .filter(reading -> reading.divergence().equals(divergence) && reading.against() == against)
                .findFirst()
                .orElseThrow()
                .value();
    }

    /** Over the tokens of the batch, of a function of the log ratios to reference and to behaviour. */
    private static double mean(List<ScoredGroup> batch, List<LogProbs> policy, DoubleBinaryOperator of) {
        double sum = 0;
        int tokens = 0;
        int rollout = 0;
        for (ScoredGroup group : batch) {
            for (int i = 0; i < Toy.GROUP_SIZE; i++) {
                LogProbs behaviour = group.group().rollouts().get(i).behaviour();
                for (int token = 0; token < behaviour.size(); token++) {
                    double current = policy.get(rollout).get(token);
                    sum += of.applyAsDouble(
                            current - group.reference().get(i).get(token), current - behaviour.get(token));
                    tokens++;
                }
                rollout++;
            }
        }
        return sum / tokens;
    }

    /** The log-probs of the batch's completions, rollout by rollout, under the weights that learning starts from. */
    private static List<LogProbs> policy(List<ScoredGroup> batch) throws Exception {
        List<LogProbs> scores = new ArrayList<>();
        try (DecoderLogProbScorer scorer =
                DecoderLogProbScorer.start(Toy.CONFIG, ScorerSettings.from(Toy.config()), Toy.weights(1))) {
            for (ScoredGroup group : batch) {
                scores.addAll(scorer.score(group.group()).toCompletableFuture().join());
            }
        }
        return scores;
    }

    private List<Double> learn(MonitorSettings settings, PolicyObjective objective, int steps) throws Exception {
        return learn(settings, objective, steps, Toy.batch(6, 2));
    }

    /** @return the weights after it */
    private List<Double> learn(MonitorSettings settings, PolicyObjective objective, int steps, List<ScoredGroup> batch)
            throws Exception {
        try (WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
                DecoderLearner learner = DecoderLearner.start(
                        Toy.CONFIG,
                        Toy.settings(ONE_MINI_BATCH),
                        LearnerState.fresh(Toy.weights(1)),
                        registry,
                        new StepMonitor(settings, told::add),
                        ReferenceWeights.NONE)) {
            for (int step = 0; step < steps; step++) {
                learner.learn(batch, objective).toCompletableFuture().join();
            }
            try (LearnerSnapshot after =
                    learner.snapshot().toCompletableFuture().join()) {
                List<TensorData> weights = after.weights();
                List<Double> values = new ArrayList<>();
                for (double value : Toy.values(weights)) {
                    values.add(value);
                }
                return values;
            }
        }
    }
}
