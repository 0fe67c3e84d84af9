package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.objective.BaselineUnlearning;
import dev.freshet.model.objective.Cdpo;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.Dpo;
import dev.freshet.model.objective.FDpo;
import dev.freshet.model.objective.FSft;
import dev.freshet.model.objective.FSftSettings;
import dev.freshet.model.objective.FSftSettings.Level;
import dev.freshet.model.objective.FSftSettings.Value;
import dev.freshet.model.objective.FlatUnlearning;
import dev.freshet.model.objective.Ipo;
import dev.freshet.model.objective.LossAggregation;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.objective.Sft;
import dev.freshet.model.objective.SftSettings;
import dev.freshet.model.objective.UnlearningBaseline;
import dev.freshet.model.safetensors.TensorData;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps on examples of a dataset. */
class DatasetLearnerTest {
    private static final SftSettings TOKEN_MEAN = new SftSettings(LossAggregation.TOKEN_MEAN, 8);
    private static final String ONE = "freshet.train.mini-batches = 1";

    private static FSft fSft(Value value) {
        return new FSft(TOKEN_MEAN, new FSftSettings(Level.TOKEN, value, 0.1), Regularisation.of("pearson-chi2", 0.5));
    }

    static Stream<DatasetObjective> ofDemonstrations() {
        return Stream.of(
                new Sft(TOKEN_MEAN, Regularisation.of("none", 0)),
                new Sft(new SftSettings(LossAggregation.SEQUENCE_MEAN_TOKEN_MEAN, 8), Regularisation.of("none", 0)),
                fSft(Value.ZERO),
                fSft(Value.BATCH));
    }

    static Stream<DatasetObjective> ofPreferences() {
        return Stream.of(
                new Dpo(Regularisation.of("js", 0.5)),
                new FDpo(40, Regularisation.of("js-gan", 0.5)),
                new Cdpo(0.1, Regularisation.of("js", 0.5)),
                new Ipo(Regularisation.of("js", 0.5)));
    }

    static Stream<DatasetObjective> ofForgetPairs() {
        return Stream.concat(
                Stream.of("tv", "js-gan", "reverse-kl")
                        .map(divergence -> new FlatUnlearning(Regularisation.of(divergence, 0))),
                Stream.of(UnlearningBaseline.values())
                        .map(baseline -> BaselineUnlearning.from(Toy.config(), baseline)));
    }

    static Stream<DatasetObjective> all() {
        return Stream.of(ofDemonstrations(), ofPreferences(), ofForgetPairs()).flatMap(objectives -> objectives);
    }

    private static DatasetBatch batch(DatasetObjective objective, long seed) {
        return ToyExamples.batch(objective.feedsOn(), 9, seed);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theUpdateDoesNotDependOnTheCutIntoMicroBatches(DatasetObjective objective) throws Exception {
        List<TensorData> start = Toy.weights(1);
        DatasetBatch batch = batch(objective, 2);
        double[] whole = ToyLearner.gradient(start, batch, objective);
        double[] cut = ToyLearner.gradient(start, batch, objective, "freshet.train.micro-batch-tokens = 20");
        for (int i = 0; i < whole.length; i++) {
            // Both are differences of float32 weights of order 1.
            assertThat(cut[i]).isCloseTo(whole[i], within(2e-6));
        }
        assertThat(Arrays.stream(whole).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-3);
    }

    @ParameterizedTest
    @MethodSource("all")
    void samAscendsAndDescendsTheWholeBatch(DatasetObjective objective) throws Exception {
        List<TensorData> start = Toy.weights(1);
        DatasetBatch batch = batch(objective, 2);
        String sam = "freshet.train.update { rule = sam, rho = 0.5 }";
        double[] plain = ToyLearner.gradient(start, batch, objective);
        double[] whole = ToyLearner.gradient(start, batch, objective, sam);
        double[] cut = ToyLearner.gradient(start, batch, objective, sam, "freshet.train.micro-batch-tokens = 20");
        double furthest = 0;
        for (int i = 0; i < whole.length; i++) {
            // Both are differences of float32 weights of order 1, at a place that is itself one of float32.
            assertThat(cut[i]).isCloseTo(whole[i], within(1e-5));
            furthest = Math.max(furthest, Math.abs(whole[i] - plain[i]));
        }
        assertThat(furthest).isGreaterThan(1e-4);
    }

    @ParameterizedTest
    @MethodSource("all")
    void mesaHoldsEachToTheAverageOfItsWeights(DatasetObjective objective) throws Exception {
        DatasetBatch batch = batch(objective, 4);
        try (ToyLearner learner = ToyLearner.start(
                Toy.weights(1),
                ONE,
                "freshet.train { learning-rate = 3e-3, learning-rate-warm-up-steps = 0 }",
                "freshet.trajectory { kind = mesa, from-epoch = 0, from-step = 0, mesa.decay = 0.9 }")) {
            assertThat(learner.learn(batch, objective).measures().getOrDefault("trajectory_loss", Double.NaN))
                    .isCloseTo(0, within(1e-6));
            StepReport last = learner.learn(batch, objective);
            for (int step = 0; step < 5; step++) {
                last = learner.learn(batch, objective);
            }
            assertThat(last.measures().getOrDefault("trajectory_loss", Double.NaN))
                    .isGreaterThan(1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void safHoldsEachToWhatItSaidAnEpochAgo(DatasetObjective objective) throws Exception {
        DatasetBatch batch = batch(objective, 4);
        try (ToyLearner learner = ToyLearner.start(
                Toy.weights(1),
                ONE,
                "freshet.train { learning-rate = 3e-3, learning-rate-warm-up-steps = 0 }",
                "freshet.trajectory { kind = saf, from-epoch = 1, saf { epochs-ago = 1, top-k = 0 } }")) {
            assertThat(learner.learn(batch, objective).measures()).containsEntry("trajectory_loss", 0.0);
            assertThat(learner.learn(ToyExamples.inEpoch(1, batch), objective)
                            .measures()
                            .getOrDefault("trajectory_loss", Double.NaN))
                    .isGreaterThan(1e-6);
        }
    }

    @Test
    void aStepOfSupervisedLearningIsOneOfWarmUpsLoss() throws Exception {
        DatasetBatch batch = ToyExamples.withoutReference(ToyExamples.demonstrations(6, 3));
        try (ToyLearner learner = ToyLearner.start(Toy.weights(1), ONE)) {
            StepReport first =
                    learner.learn(batch, ofDemonstrations().findFirst().orElseThrow());
            assertThat(first.loss()).isCloseTo(Math.log(Toy.VOCABULARY), within(0.5));
            assertThat(first.measures()).containsOnlyKeys("log_prob");
            assertThat(first.loss()).isCloseTo(-first.measures().getOrDefault("log_prob", 0.0), within(1e-5));
            assertThat(first.version().number()).isEqualTo(1);
            assertThat(first.groups()).isEqualTo(6);
            assertThat(first.rollouts()).isEqualTo(6);
            assertThat(first.trainedTokens()).isEqualTo(batch.completionTokens());
            assertThat(first.lastSequence()).isEqualTo(5);
            assertThat(first.meanReward()).isNaN();
            assertThat(first.divergence()).isEqualTo("none");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void stepsLowerTheLoss(DatasetObjective objective) throws Exception {
        DatasetBatch batch = batch(objective, 4);
        try (ToyLearner learner = ToyLearner.start(
                Toy.weights(1), ONE, "freshet.train { learning-rate = 3e-3, learning-rate-warm-up-steps = 0 }")) {
            double first = learner.learn(batch, objective).loss();
            double last = first;
            for (int step = 0; step < 30; step++) {
                last = learner.learn(batch, objective).loss();
            }
            assertThat(last).isLessThan(first - 0.05 * Math.abs(first));
        }
    }

    @ParameterizedTest
    @MethodSource("ofPreferences")
    void ofEveryPairTheChosenCompletionComesToBePreferred(DatasetObjective objective) throws Exception {
        DatasetBatch batch = ToyExamples.preferences(6, 5);
        try (ToyLearner learner = ToyLearner.start(
                Toy.weights(1), ONE, "freshet.train { learning-rate = 3e-3, learning-rate-warm-up-steps = 0 }")) {
            StepReport last = learner.learn(batch, objective);
            for (int step = 0; step < 60; step++) {
                last = learner.learn(batch, objective);
            }
            assertThat(last.measures()).containsEntry("preferred", 1.0);
            assertThat(last.rollouts()).isEqualTo(12);
        }
    }

    @Test
    void miniBatchesAreUpdatesOfTheirOwn() throws Exception {
        DatasetBatch batch = ToyExamples.demonstrations(9, 6);
        Sft sft = new Sft(TOKEN_MEAN, Regularisation.of("none", 0));
        try (ToyLearner cut = ToyLearner.start(Toy.weights(1), "freshet.train.mini-batches = 3");
                ToyLearner one = ToyLearner.start(Toy.weights(1), ONE)) {
            var unusedCut = cut.learn(batch, sft);
            var unusedOne = one.learn(batch, sft);
            assertThat(cut.weights()).isNotEqualTo(one.weights());
        }
    }

    @Test
    void aBatchThatCannotBeTakenChangesNothing() throws Exception {
        List<TensorData> start = Toy.weights(1);
        try (ToyLearner learner = ToyLearner.start(start, ONE)) {
            assertThatThrownBy(() ->
                            learner.learn(ToyExamples.demonstrations(2, 7), new Dpo(Regularisation.of("js", 0.1))))
                    .hasRootCauseMessage("objective dpo learns from preferences, the batch has demonstrations"
                            + " (freshet.objective, freshet.dataset.path)");
            assertThatThrownBy(() -> learner.learn(
                            ToyExamples.withoutReference(ToyExamples.preferences(2, 7)),
                            new Dpo(Regularisation.of("js", 0.1))))
                    .hasRootCauseMessage("objective dpo needs reference log-probs, the batch has none"
                            + " (freshet.reference, freshet.objective)");
            assertThat(learner.weights()).isEqualTo(Toy.values(start));
        }
    }

    /** A step whose gradient is not finite is counted, and the weights stay. */
    @Test
    void aNonFiniteStepChangesNothing() throws Exception {
        List<TensorData> start = Toy.weights(1);
        double[] broken = Toy.values(start);
        Arrays.fill(broken, Double.NaN);
        try (ToyLearner learner = ToyLearner.start(Toy.withValues(start, broken), ONE)) {
            StepReport report =
                    learner.learn(ToyExamples.demonstrations(3, 8), new Sft(TOKEN_MEAN, Regularisation.of("none", 0)));
            assertThat(report.skippedMiniBatches()).isEqualTo(1);
            assertThat(report.loss()).isNaN();
            assertThat(report.measures()).isEmpty();
        }
    }
}
