package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.divergence.Closeness;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrajectoryLossTest {
    private static final JsonNode VECTORS = read();
    private static final int EXAMPLES = 3;
    private static final int CLASSES = 4;
    private static final List<Double> CURRENT = flat(VECTORS.get("logits"));
    private static final List<Double> PAST = flat(VECTORS.get("past_logits"));
    private static final double TEMPERATURE = VECTORS.get("tau").doubleValue();
    private static final double COEFFICIENT = VECTORS.get("lam").doubleValue();

    /** @param gradient at the current logits */
    private record Outcome(List<Double> values, List<Double> gradient) {}

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void theLossAgreesWithTheVectors(DataType type) {
        Outcome outcome = under(type, CURRENT, logits -> perExample(logits, PAST));
        List<Double> expected = RlvrVectors.numbers(VECTORS.get("kl_past_cur_per_example"));
        double squared = TEMPERATURE * TEMPERATURE;
        for (int i = 0; i < EXAMPLES; i++) {
            // Of numbers that cancel to a hundredth, single precision keeps four digits.
            Closeness bar = type == DataType.FLOAT64 ? Closeness.DOUBLE : new Closeness(1e-5, 1e-6 * squared);
            bar.check("example " + i, outcome.values().get(i), squared * expected.get(i));
        }
        double mean = VECTORS.get("trajectory_loss_with_tau2").doubleValue();
        assertThat(mean(outcome.values())).isCloseTo(mean, within(type == DataType.FLOAT64 ? 1e-12 : 1e-5));
        assertThat(mean / squared)
                .isCloseTo(VECTORS.get("trajectory_loss_without_tau2").doubleValue(), within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void gradientsAgreeWithTheVectors(DataType type) {
        Closeness bar = type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
        List<Double> trajectory = flat(VECTORS.get("grad_trajectory"));
        Outcome alone = under(type, CURRENT, logits -> perExample(logits, PAST).mean());
        List<Double> total = flat(VECTORS.get("grad_total"));
        Outcome together = under(type, CURRENT, TrajectoryLossTest::total);
        for (int i = 0; i < trajectory.size(); i++) {
            bar.check("trajectory at " + i, alone.gradient().get(i), trajectory.get(i));
            bar.check("total at " + i, together.gradient().get(i), total.get(i));
        }
        bar.check("total", together.values().get(0), VECTORS.get("total").doubleValue());
        double ce = together.values().get(0)
                - COEFFICIENT
                        * mean(under(type, CURRENT, l -> perExample(l, PAST)).values());
        assertThat(ce).isCloseTo(VECTORS.get("ce").doubleValue(), within(1e-5));
    }

    /** Cross-entropy of the labels, and the trajectory loss once. */
    private static NDArray total(NDArray logits) {
        List<Double> labels = RlvrVectors.numbers(VECTORS.get("labels"));
        NDArray logProbs = logits.logSoftmax(-1);
        NDArray sum = perExample(logits, PAST)
                .sum()
                .mul(logits.getManager().create(COEFFICIENT).toType(logits.getDataType(), false));
        for (int i = 0; i < EXAMPLES; i++) {
            sum = sum.sub(logProbs.get(i, labels.get(i).intValue()));
        }
        return sum.div(logits.getManager().create((double) EXAMPLES).toType(logits.getDataType(), false));
    }

    @Test
    void logProbsDoAsLogitsDo() {
        List<Double> logits =
                under(DataType.FLOAT64, CURRENT, l -> perExample(l, PAST)).values();
        List<Double> logProbs = under(DataType.FLOAT64, CURRENT, l -> perExample(l.logSoftmax(-1), PAST))
                .values();
        for (int i = 0; i < EXAMPLES; i++) {
            assertThat(logProbs.get(i)).isCloseTo(logits.get(i), within(1e-14));
        }
    }

    @Test
    void atThePastItselfThereIsNeitherLossNorPull() {
        Outcome outcome =
                under(DataType.FLOAT64, PAST, logits -> perExample(logits, PAST).sum());
        assertThat(outcome.values().get(0)).isCloseTo(0, within(1e-14));
        assertThat(outcome.gradient()).allSatisfy(slope -> assertThat(slope).isCloseTo(0, within(1e-14)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void ofTheLikeliestTokensItIsNeverAboveTheWhole(int kept) {
        List<Double> whole =
                under(DataType.FLOAT64, CURRENT, l -> perExample(l, PAST)).values();
        List<Double> coarse =
                under(DataType.FLOAT64, CURRENT, l -> coarse(l, kept)).values();
        for (int i = 0; i < EXAMPLES; i++) {
            assertThat(coarse.get(i)).isBetween(0.0, whole.get(i) + 1e-12);
        }
    }

    /** One less than all: of the others there is one, which is known then. */
    @Test
    void whereOneTokenIsLeftOutNothingIsLost() {
        Outcome whole =
                under(DataType.FLOAT64, CURRENT, l -> perExample(l, PAST).sum());
        Outcome coarse =
                under(DataType.FLOAT64, CURRENT, l -> coarse(l, CLASSES - 1).sum());
        assertThat(coarse.values().get(0)).isCloseTo(whole.values().get(0), within(1e-12));
        for (int i = 0; i < whole.gradient().size(); i++) {
            assertThat(coarse.gradient().get(i)).isCloseTo(whole.gradient().get(i), within(1e-12));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void gradientOfTheLikeliestIsTheDifferenceQuotient(int kept) {
        double step = 1e-6;
        Outcome outcome = under(DataType.FLOAT64, CURRENT, l -> coarse(l, kept).sum());
        for (int i = 0; i < CURRENT.size(); i++) {
            double above = under(
                            DataType.FLOAT64,
                            moved(i, step),
                            l -> coarse(l, kept).sum())
                    .values()
                    .get(0);
            double below = under(
                            DataType.FLOAT64,
                            moved(i, -step),
                            l -> coarse(l, kept).sum())
                    .values()
                    .get(0);
            assertThat(outcome.gradient().get(i)).isCloseTo((above - below) / (2 * step), within(1e-8));
        }
    }

    private static List<Double> moved(int place, double step) {
        List<Double> moved = new ArrayList<>(CURRENT);
        moved.set(place, CURRENT.get(place) + step);
        return moved;
    }

    private static NDArray perExample(NDArray logits, List<Double> past) {
        NDArray before = array(logits.getManager(), past, logits.getDataType());
        return TrajectoryLoss.perToken(
                TrajectoryLoss.softened(before, TEMPERATURE),
                TrajectoryLoss.softened(logits, TEMPERATURE),
                TEMPERATURE);
    }

    /** From the likeliest tokens of the past. */
    private static NDArray coarse(NDArray logits, int kept) {
        NDArray before = TrajectoryLoss.softened(array(logits.getManager(), PAST, logits.getDataType()), TEMPERATURE);
        NDArray likeliest = before.topK(kept, 1, true, true).get(1);
        NDArray now = TrajectoryLoss.softened(logits, TEMPERATURE);
        return TrajectoryLoss.perToken(
                TrajectoryLoss.coarse(before, likeliest), TrajectoryLoss.coarse(now, likeliest), TEMPERATURE);
    }

    private static Outcome under(DataType type, List<Double> logits, UnaryOperator<NDArray> loss) {
        try (NDManager manager = NDManager.newBaseManager()) {
            JniUtils.setGraphExecutorOptimize(false);
            JniUtils.setNumThreads(1);
            JniUtils.setGradMode(true);
            NDArray current = array(manager, logits, type);
            current.setRequiresGradient(true);
            NDArray values = loss.apply(current);
            NDArray sum = values.sum();
            JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
            return new Outcome(doubles(values), doubles(current.getGradient()));
        }
    }

    private static NDArray array(NDManager manager, List<Double> values, DataType type) {
        double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
        return manager.create(numbers, new Shape(EXAMPLES, CLASSES)).toType(type, false);
    }

    private static List<Double> doubles(NDArray array) {
        return Arrays.stream(array.toType(DataType.FLOAT64, false).toDoubleArray())
                .boxed()
                .toList();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static List<Double> flat(JsonNode matrix) {
        List<Double> values = new ArrayList<>();
        matrix.forEach(row -> values.addAll(RlvrVectors.numbers(row)));
        return values;
    }

    private static JsonNode read() {
        String path = "/vectors/saf.json";
        try (InputStream file = Objects.requireNonNull(TrajectoryLossTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
