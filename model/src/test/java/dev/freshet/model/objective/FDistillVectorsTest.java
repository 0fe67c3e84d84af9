package dev.freshet.model.objective;

import static dev.freshet.model.objective.FDistills.backward;
import static dev.freshet.model.objective.FDistills.manager;
import static dev.freshet.model.objective.FDistills.objective;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.divergence.Closeness;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.SmoothDivergence;
import dev.freshet.model.objective.FDistill.Weighting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against numbers that were computed outside this code. */
class FDistillVectorsTest {
    private static final JsonNode VECTORS = read();
    private static final JsonNode PIPELINE = VECTORS.get("weight_pipeline");
    private static final JsonNode GAUSSIANS = VECTORS.get("gaussian_check");
    private static final JsonNode STEP = VECTORS.get("vsd_step");

    /** Our names of the paper's divergences. */
    private static final Map<String, String> SPECS = Map.of(
            "reverse_kl", "reverse-kl",
            "softened_rkl", "softened-reverse-kl",
            "js", "js-gan",
            "squared_hellinger", "squared-hellinger",
            "forward_kl", "forward-kl",
            "jeffreys", "jeffreys",
            "neyman", "pearson-chi2");

    static List<String> paperNames() {
        return List.copyOf(SPECS.keySet());
    }

    static List<String> gaussianNames() {
        return paperNames().stream().filter(GAUSSIANS.get("results")::has).toList();
    }

    static List<String> pipelineNames() {
        return paperNames().stream()
                .filter(PIPELINE.at("/variants/ema_0.0/weight")::has)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("paperNames")
    void weighsByThePapersFunctionOfTheRatio(String name) {
        double scale = VECTORS.get("canonical_name_and_scale").get(name).get(1).doubleValue();
        double[] r = numbers(VECTORS.get("r"));
        double[] expected = numbers(VECTORS.get("h").get(name));
        try (NDManager manager = manager()) {
            NDArray logRatio = manager.create(r).log();
            double[] h = divergence(name).distillWeight(logRatio).toDoubleArray();
            for (int i = 0; i < r.length; i++) {
                Closeness.DOUBLE.check(name + " at r = " + r[i], scale * h[i], expected[i]);
            }
        }
        assertThat(SPECS).hasSize(VECTORS.get("h").size());
    }

    @ParameterizedTest
    @MethodSource("gaussianNames")
    void theGradientIsThatOfTheDivergence(String name) {
        Gaussians gaussians = Gaussians.of(GAUSSIANS);
        JsonNode expected = GAUSSIANS.get("results").get(name);
        double scale = VECTORS.get("canonical_name_and_scale").get(name).get(1).doubleValue();
        double[] logInverse = gaussians.logTeacherOverStudent();
        double divergence = 0;
        double byMean = 0;
        double byDeviation = 0;
        try (NDManager manager = manager()) {
            NDArray logRatio = manager.create(logInverse);
            double[] h = divergence(name).distillWeight(logRatio).toDoubleArray();
            double[] f = divergence(name).value(logRatio.neg()).toDoubleArray();
            for (int i = 0; i < h.length; i++) {
                double moved = gaussians.student(i) * h[i] * gaussians.scoreDifference(i) * Gaussians.STEP;
                byMean -= moved;
                byDeviation -= moved * gaussians.latent(i);
                divergence += gaussians.teacher(i) * f[i] * Gaussians.STEP;
            }
        }
        // Both are quadratures over the same grid, good to 1e-6.
        Closeness quadrature = new Closeness(1e-6, 1e-7);
        quadrature.check("D", scale * divergence, expected.get("D").doubleValue());
        double[] gradient = numbers(expected.get("grad_mu_sigma"));
        quadrature.check("by the mean", scale * byMean, gradient[0]);
        quadrature.check("by the deviation", scale * byDeviation, gradient[1]);
    }

    @ParameterizedTest
    @MethodSource("pipelineNames")
    void theWeightsAgreeWithTheReleasedPipeline(String name) {
        assertThat(numbers(PIPELINE.get("t_range"))).containsExactly(0, 1);
        double[] clamp = numbers(PIPELINE.get("ratio_clamp"));
        for (double memory : new double[] {0, 0.5}) {
            JsonNode expected = PIPELINE.get("variants").get("ema_" + memory);
            FDistillSettings settings = new FDistillSettings(
                    10, clamp[0], clamp[1], PIPELINE.get("bins").intValue(), memory, 0);
            FDistill objective = new FDistill(Regularisation.of(spec(name), 1), settings);
            checkWeights(objective, expected, name, DataType.FLOAT64, Closeness.DOUBLE);
            checkWeights(objective, expected, name, DataType.FLOAT32, Closeness.FLOAT);
        }
    }

    private static void checkWeights(
            FDistill objective, JsonNode expected, String name, DataType type, Closeness closeness) {
        try (NDManager manager = manager()) {
            NDArray logits = matrix(PIPELINE.get("disc_logits"), manager).toType(type, false);
            NDArray places = manager.create(numbers(PIPELINE.get("t"))).toType(type, false);
            RatioBins before = RatioBins.initial(objective.settings().bins());
            Weighting weighting = objective.weigh(logits, places, before);
            double[] ratio = numbers(PIPELINE.get("ratio"));
            closeness.check("mean ratio", weighting.meanRatio(), mean(ratio));
            // Two of the six logits are beyond the clamp.
            assertThat(weighting.boundedRatios()).isEqualTo(2 / 6.0);
            double[] bins = numbers(expected.get("bins_after"));
            for (int bin = 0; bin < bins.length; bin++) {
                closeness.check("bin " + bin, weighting.bins().means().get(bin), bins[bin]);
            }
            double[] normalised = numbers(expected.get("normalised_ratio"));
            double[] t = numbers(PIPELINE.get("t"));
            double[] index = numbers(PIPELINE.get("bin_index"));
            double[] weights =
                    weighting.weights().toType(DataType.FLOAT64, false).toDoubleArray();
            for (int i = 0; i < weights.length; i++) {
                closeness.check(
                        "weight " + i,
                        weights[i],
                        numbers(expected.get("weight").get(name))[i]);
                closeness.check("ratio " + i, weighting.bins().normalised(ratio[i], t[i]), normalised[i]);
                double mean = weighting.bins().means().get((int) index[i]);
                closeness.check("bin of " + i, ratio[i] / (mean + RatioBins.EPSILON), normalised[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void theStudentIsMovedAlongTheDirectionOfTheReleasedCode(DataType type) {
        Closeness closeness = type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
        FDistill objective = objective("reverse-kl", 0);
        try (NDManager manager = manager()) {
            NDArray generated = matrix(STEP.get("gen"), manager).toType(type, true);
            generated.setRequiresGradient(true);
            NDArray loss = objective.matching(
                    generated,
                    matrix(STEP.get("teacher_x0"), manager).toType(type, false),
                    matrix(STEP.get("fake_x0"), manager).toType(type, false),
                    manager.create(numbers(STEP.get("h"))).toType(type, false));
            closeness.check(
                    "loss",
                    loss.toType(DataType.FLOAT64, false).getDouble(),
                    STEP.get("loss_half_mse").doubleValue());
            backward(loss);
            double[] gradient =
                    generated.getGradient().toType(DataType.FLOAT64, false).toDoubleArray();
            double[] expected = rows(STEP.get("dloss_dgen"));
            double[] direction = rows(STEP.get("grad_direction"));
            for (int i = 0; i < expected.length; i++) {
                closeness.check("gradient " + i, gradient[i], expected[i]);
                closeness.check("direction " + i, gradient[i] * gradient.length, direction[i]);
            }
        }
    }

    private static SmoothDivergence divergence(String name) {
        return (SmoothDivergence) DivergenceSpec.parse(spec(name)).orElseThrow();
    }

    private static String spec(String name) {
        return Objects.requireNonNull(SPECS.get(name), name);
    }

    private static NDArray matrix(JsonNode rows, NDManager manager) {
        return manager.create(rows(rows), new Shape(rows.size(), rows.get(0).size()));
    }

    private static double[] rows(JsonNode rows) {
        double[] values = new double[rows.size() * rows.get(0).size()];
        int next = 0;
        for (JsonNode row : rows) {
            for (JsonNode value : row) {
                values[next++] = value.doubleValue();
            }
        }
        return values;
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).doubleValue();
        }
        return numbers;
    }

    private static double mean(double[] numbers) {
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        return sum / numbers.length;
    }

    private static JsonNode read() {
        String path = "/vectors/fdistill.json";
        try (InputStream file = Objects.requireNonNull(FDistillVectorsTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
