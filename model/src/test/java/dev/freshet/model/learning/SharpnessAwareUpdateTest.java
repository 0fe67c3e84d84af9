package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharpnessAwareUpdateTest {
    private static final double RHO = 0.05;
    private static final String SAM = "freshet.train.update { rule = sam, rho = " + RHO + " }";
    private static final String MEASURED = "freshet.train.update { rho = " + RHO + ", sharpness-interval = 1 }";

    /** The gradient of plain descent, taken at weights that were moved outside of the learner. */
    @Test
    void descendsTheGradientOfWhereTheLossIsHigher() throws Exception {
        List<TensorData> start = Toy.weights(1);
        double[] gradient = change(start);
        double[] moved = Toy.values(start);
        double norm = norm(gradient);
        for (int i = 0; i < moved.length; i++) {
            moved[i] += RHO * gradient[i] / norm;
        }
        double[] expected = change(Toy.withValues(start, moved));
        double[] actual = change(start, SAM);
        for (int i = 0; i < expected.length; i++) {
            // Differences of float32 weights of order 1, and a norm of those.
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-5));
        }
        assertThat(norm(difference(expected, gradient))).isGreaterThan(1e-3);
    }

    @Test
    void tellsHowMuchHigherTheLossIsThere() throws Exception {
        List<TensorData> start = Toy.weights(1);
        double[] gradient = change(start);
        double[] moved = Toy.values(start);
        for (int i = 0; i < moved.length; i++) {
            moved[i] += RHO * gradient[i] / norm(gradient);
        }
        double rise =
                report(Toy.withValues(start, moved)).loss() - report(start).loss();
        assertThat(rise).isPositive();
        assertThat(report(start, SAM).measures().get("sharpness")).isCloseTo(rise, within(1e-5));
        assertThat(report(start, MEASURED).measures().get("sharpness")).isCloseTo(rise, within(1e-5));
        assertThat(report(start).measures()).doesNotContainKey("sharpness");
    }

    @Test
    void measuringChangesNothing() throws Exception {
        List<TensorData> start = Toy.weights(1);
        assertThat(change(start, MEASURED)).isEqualTo(change(start));
    }

    @Test
    void itIsMeasuredAtItsIntervalAlone() throws Exception {
        try (FlatnessLearner learner =
                FlatnessLearner.start(Toy.weights(1), "freshet.train.update.sharpness-interval = 2")) {
            for (int step = 0; step < 4; step++) {
                assertThat(learner.learnEpoch(step).measures().containsKey("sharpness"))
                        .isEqualTo(step % 2 == 0);
            }
        }
    }

    /** Micro-batches are gone over twice, and add up both times. */
    @Test
    void theCutIntoMicroBatchesDoesNotMatter() throws Exception {
        List<TensorData> start = Toy.weights(1);
        double[] whole = change(start, SAM);
        double[] cut = change(start, SAM, "freshet.train.micro-batch-tokens = 9");
        for (int i = 0; i < whole.length; i++) {
            assertThat(cut[i]).isCloseTo(whole[i], within(1e-5));
        }
    }

    @Test
    void rolloutsAreLearntFromInTheSameWay() throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(4, 3);
        double[] plain = ToyLearner.gradient(start, batch, Toy.grpo("js"));
        double[] moved = Toy.values(start);
        for (int i = 0; i < moved.length; i++) {
            moved[i] += RHO * plain[i] / norm(plain);
        }
        double[] expected = ToyLearner.gradient(Toy.withValues(start, moved), batch, Toy.grpo("js"));
        double[] actual = ToyLearner.gradient(start, batch, Toy.grpo("js"), SAM);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-5));
        }
    }

    @Test
    void onlyWhatIsTrainedMoves() throws Exception {
        List<TensorData> start = Toy.weights(1);
        double[] change = change(start, SAM, "freshet.train.parameters = head");
        int embedding = Toy.VOCABULARY * Toy.CONFIG.width();
        assertThat(Arrays.copyOf(change, embedding)).containsOnly(0);
        assertThat(norm(change)).isPositive();
    }

    @Test
    void arraysOfBothPassesAreClosed() throws Exception {
        try (FlatnessLearner learner = FlatnessLearner.start(Toy.weights(1), SAM)) {
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
                "rule = adam | rule must be plain or sam, was \"adam\" (freshet.train.update.rule)",
                "rho = 0 | rho must be finite and above 0, was 0.0 (freshet.train.update.rho)",
                "sharpness-interval = -1 | sharpness-interval must be at least 0, was -1"
                        + " (freshet.train.update.sharpness-interval)",
            })
    void badSettingsAreRefused(String line, String refusal) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Toy.settings("freshet.train.update." + line))
                .withMessage(refusal);
    }

    private static StepReport report(List<TensorData> weights, String... lines) throws InterruptedException {
        try (FlatnessLearner learner = FlatnessLearner.start(weights, lines)) {
            return learner.learnEpoch(0);
        }
    }

    /** What a step of descent takes off the weights: the gradient that was descended. */
    private static double[] change(List<TensorData> weights, String... lines) throws InterruptedException {
        try (FlatnessLearner learner = FlatnessLearner.start(weights, lines)) {
            learner.learnEpoch(0);
            return difference(Toy.values(weights), learner.weights());
        }
    }

    private static double[] difference(double[] from, double[] taken) {
        double[] difference = new double[from.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = from[i] - taken[i];
        }
        return difference;
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
    }
}
