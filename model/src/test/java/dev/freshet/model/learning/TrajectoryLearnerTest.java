package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrajectoryLearnerTest {
    private static final String LOSS = "trajectory_loss";

    /** Looks back one epoch, from the second on. */
    private static final String SAF =
            "freshet.trajectory { kind = saf, coefficient = 3, from-epoch = 1, saf { epochs-ago = 1, top-k = 0 } }";

    private static final String MESA =
            "freshet.trajectory { kind = mesa, coefficient = 3, from-epoch = 0, from-step = 0, mesa.decay = 0.9 }";

    private static String safOfTheLikeliest(int tokens) {
        assertThat(SAF).contains("top-k = 0");
        return SAF.replace("top-k = 0", "top-k = " + tokens);
    }

    @Test
    void safIsHeldToWhatItSaidAnEpochAgo() throws Exception {
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), SAF)) {
            assertThat(loss(learner.learnEpoch(0))).isZero();
            assertThat(loss(learner.learnEpoch(1))).isGreaterThan(1e-4);
        }
    }

    /** The average of weights that was set to those of an epoch ago says what they said. */
    @Test
    void whatSafRemembersIsWhatThoseWeightsSay() throws Exception {
        List<TensorData> first = Toy.weights(1);
        LearnerState after;
        double[] remembered;
        double rememberedLoss;
        try (FlatnessLearner learner = FlatnessLearner.start(first, SAF)) {
            learner.learnEpoch(0);
            after = learner.state();
            rememberedLoss = loss(learner.learnEpoch(1));
            remembered = learner.weights();
        }
        try (FlatnessLearner learner = FlatnessLearner.start(withAverage(after, first), MESA)) {
            // A loss of order 0.01 and weights of order 1, in single precision.
            assertThat(loss(learner.learnEpoch(1))).isCloseTo(rememberedLoss, within(1e-6));
            assertThat(learner.weights()).containsExactly(remembered, within(2e-6));
        }
        try (FlatnessLearner learner = FlatnessLearner.start(withAverage(after, first))) {
            learner.learnEpoch(1);
            assertThat(largestDifference(learner.weights(), remembered)).isGreaterThan(1e-4);
        }
    }

    /** Of the whole loss, cross-entropy and trajectory, along its own gradient. */
    @Test
    void gradientIsTheDifferenceQuotientOfTheWholeLoss() throws Exception {
        List<TensorData> average = Toy.weights(2);
        LearnerState start;
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1))) {
            start = withAverage(learner.state(), average);
        }
        double[] weights = Toy.values(start.weights());
        double[] gradient = new double[weights.length];
        double norm = 0;
        try (FlatnessLearner learner = FlatnessLearner.start(start, MESA)) {
            assertThat(loss(learner.learnEpoch(0))).isGreaterThan(1e-3);
            double[] after = learner.weights();
            for (int i = 0; i < weights.length; i++) {
                gradient[i] = weights[i] - after[i];
                norm += gradient[i] * gradient[i];
            }
        }
        norm = Math.sqrt(norm);
        double step = 0.003;
        double rise = wholeLoss(start, gradient, step / norm) - wholeLoss(start, gradient, -step / norm);
        // The loss is computed in float32: its rounding, 1e-7, counts 1 / (2 step) fold.
        assertThat(rise / (2 * step)).isCloseTo(norm, within(2e-3 * norm + 1e-4));
    }

    private static double wholeLoss(LearnerState start, double[] direction, double times) throws InterruptedException {
        double[] moved = Toy.values(start.weights());
        for (int i = 0; i < moved.length; i++) {
            moved[i] += times * direction[i];
        }
        LearnerState there = new LearnerState(
                start.version(),
                start.step(),
                start.optimizerSteps(),
                Toy.withValues(start.weights(), moved),
                start.optimizer());
        try (FlatnessLearner learner = FlatnessLearner.start(there, MESA)) {
            return learner.learnEpoch(0).loss();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SAF, MESA})
    void itsPastOutlivesTheProcess(String kind) throws Exception {
        LearnerState stopped;
        double[] uninterrupted;
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), kind)) {
            learner.learnEpoch(0);
            stopped = learner.state();
            learner.learnEpoch(1);
            learner.learnEpoch(2);
            uninterrupted = learner.weights();
        }
        try (FlatnessLearner learner = FlatnessLearner.start(stopped, kind)) {
            learner.learnEpoch(1);
            learner.learnEpoch(2);
            assertThat(learner.weights()).isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 40})
    void chunksOfTokensChangeNothing(int logitsAtOnce) throws Exception {
        for (String kind : List.of(SAF, MESA, safOfTheLikeliest(3))) {
            double[] whole = afterTwoEpochs(kind);
            double[] cut = afterTwoEpochs(kind, "freshet.train.logits-at-once = " + logitsAtOnce);
            assertThat(cut).containsExactly(whole, within(2e-6));
        }
    }

    @Test
    void theLikeliestTokensSayAlmostAllAndAllOfThemAll() throws Exception {
        double whole = lossOfTheSecondEpoch(SAF);
        assertThat(lossOfTheSecondEpoch(safOfTheLikeliest(11))).isCloseTo(whole, within(1e-6));
        assertThat(lossOfTheSecondEpoch(safOfTheLikeliest(12))).isEqualTo(whole);
        assertThat(lossOfTheSecondEpoch(safOfTheLikeliest(4))).isPositive().isLessThan(0.999 * whole);
    }

    @Test
    void theAverageFollowsTheWeights() throws Exception {
        List<TensorData> start = Toy.weights(1);
        double[] expected = Toy.values(start);
        try (FlatnessLearner learner = FlatnessLearner.start(start, MESA)) {
            assertThat(loss(learner.learnEpoch(0))).isCloseTo(0, within(1e-6));
            for (int epoch = 1; epoch < 4; epoch++) {
                double[] weights = learner.weights();
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = 0.9 * expected[i] + 0.1 * weights[i];
                }
                assertThat(loss(learner.learnEpoch(epoch))).isGreaterThan(1e-6);
            }
            double[] weights = learner.weights();
            for (int i = 0; i < expected.length; i++) {
                expected[i] = 0.9 * expected[i] + 0.1 * weights[i];
            }
            assertThat(Toy.values(averageOf(learner.state()))).containsExactly(expected, within(1e-6));
        }
    }

    @Test
    void mesaHoldsRolloutsToo() throws Exception {
        String line = MESA.replace("coefficient = 3", "coefficient = 1");
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), line)) {
            assertThat(loss(learner.learn(Toy.batch(4, 1), Toy.grpo("js")))).isCloseTo(0, within(1e-6));
            assertThat(loss(learner.learn(Toy.batch(4, 2), Toy.grpo("js")))).isGreaterThan(1e-6);
        }
    }

    @Test
    void aSecondPassOfSamRemembersNothing() throws Exception {
        String sam = "freshet.train.update { rule = sam, rho = 0.5 }";
        try (FlatnessLearner plain = FlatnessLearner.start(Toy.weights(1), SAF);
                FlatnessLearner aware = FlatnessLearner.start(Toy.weights(1), SAF, sam)) {
            plain.learnEpoch(0);
            aware.learnEpoch(0);
            assertThat(past(aware.state())).isEqualTo(past(plain.state())).isNotEmpty();
        }
    }

    @Test
    void rolloutsHaveNoPastForSaf() throws Exception {
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), SAF)) {
            assertThatThrownBy(() -> learner.learn(Toy.batch(1, 1), Toy.grpo("js")))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage(
                            "trajectory saf needs examples that come back every epoch, and rollouts do not:"
                                    + " choose mesa or none (freshet.trajectory.kind, freshet.objective)");
        }
    }

    @Test
    void arraysAreClosed() throws Exception {
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), SAF)) {
            learner.learnEpoch(0);
            learner.learnEpoch(1);
            Map<ArrayKind, Integer> before = OpenArrays.count();
            for (int epoch = 2; epoch < 10; epoch++) {
                learner.learnEpoch(epoch);
            }
            assertThat(OpenArrays.count()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind = sam | kind must be none, saf or mesa, was \"sam\" (freshet.trajectory.kind)",
                "coefficient = -1 | coefficient must be finite and at least 0, was -1.0 (freshet.trajectory.coefficient)",
                "temperature = 0 | temperature must be finite and above 0, was 0.0 (freshet.trajectory.temperature)",
                "from-epoch = -1 | from-epoch must be at least 0, was -1 (freshet.trajectory.from-epoch)",
                "saf.epochs-ago = 0 | epochs-ago must be at least 1, was 0 (freshet.trajectory.saf.epochs-ago)",
                "saf.top-k = -1 | top-k must be at least 0, 0 for all tokens, was -1 (freshet.trajectory.saf.top-k)",
                "mesa.decay = 1 | decay must be in [0, 1), was 1.0 (freshet.trajectory.mesa.decay)",
            })
    void badSettingsAreRefused(String line, String refusal) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Toy.settings("freshet.trajectory." + line))
                .withMessage(refusal);
    }

    @Test
    void safMayNotBeginBeforeItHasAPast() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Toy.settings("freshet.trajectory { kind = saf, from-epoch = 2 }"))
                .withMessage(
                        "from-epoch must be at least epochs-ago, 3, before which there is nothing to look back on, was 2"
                                + " (freshet.trajectory.from-epoch, freshet.trajectory.saf.epochs-ago)");
        assertThat(Toy.settings().flatness()).isEqualTo(Flatness.UNSOUGHT);
    }

    private static double loss(StepReport report) {
        return Objects.requireNonNull(report.measures().get(LOSS));
    }

    private static double[] afterTwoEpochs(String... lines) throws InterruptedException {
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), lines)) {
            learner.learnEpoch(0);
            learner.learnEpoch(1);
            return learner.weights();
        }
    }

    private static double lossOfTheSecondEpoch(String line) throws InterruptedException {
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), line)) {
            learner.learnEpoch(0);
            return loss(learner.learnEpoch(1));
        }
    }

    /** The state with other weights as its average. */
    private static LearnerState withAverage(LearnerState state, List<TensorData> average) {
        List<TensorData> optimizer = new ArrayList<>(state.optimizer());
        average.forEach(tensor -> optimizer.add(
                new TensorData("average." + tensor.name(), tensor.type(), tensor.shape(), tensor.bytes())));
        return new LearnerState(state.version(), state.step(), state.optimizerSteps(), state.weights(), optimizer);
    }

    private static List<TensorData> averageOf(LearnerState state) {
        return state.optimizer().stream()
                .filter(tensor -> tensor.name().startsWith("average."))
                .toList();
    }

    private static List<TensorData> past(LearnerState state) {
        return state.optimizer().stream()
                .filter(tensor -> tensor.name().startsWith("trajectory."))
                .toList();
    }

    private static double largestDifference(double[] some, double[] others) {
        double largest = 0;
        for (int i = 0; i < some.length; i++) {
            largest = Math.max(largest, Math.abs(some[i] - others[i]));
        }
        return largest;
    }
}
