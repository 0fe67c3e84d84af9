package dev.freshet.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.divergence.Closeness;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SAM's move and MESA's average, on numbers that were computed outside this code. */
class AscentTest {
    private static final DecoderConfig CONFIG = new DecoderConfig(1, 8, 2, 2, 8, 5, 4, 10000, 1e-5, false);

    @FunctionalInterface
    private interface WithProgram {
        void run(DecoderProgram program, NDManager manager) throws Exception;
    }

    /** A quadratic bowl, w H w / 2, whose gradient is H w. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void movesAlongTheGradientAndFindsTheSteeperOne(DataType type) throws Exception {
        JsonNode vectors = vectors().get("sam_quadratic");
        Closeness bar = type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
        onThread((program, manager) -> {
            NDArray curvature = array(manager, vectors.get("H_diag"), type);
            NDArray half = manager.create(0.5).toType(type, false);
            NDArray weights = array(manager, vectors.get("w"), type);
            weights.setRequiresGradient(true);
            NDArray aside = weights.zerosLike();
            NDArray loss = weights.square().mul(curvature).sum().mul(half);
            backward(loss);
            check(bar, weights.getGradient(), vectors.get("grad"));
            bar.check("loss", number(loss), vectors.get("loss").doubleValue());

            double norm = program.ascend(
                    new NDList(weights), new NDList(aside), vectors.get("rho").doubleValue());

            assertThat(norm).isCloseTo(Math.sqrt(5 * 5 + 1 + 0.2 * 0.2), within(1e-6));
            check(bar, aside, vectors.get("w"));
            check(new Closeness(1e-5, 1e-7), weights.stopGradient().sub(aside), vectors.get("perturbation"));
            check(bar, weights.getGradient(), vectors.get("grad"));

            JniUtils.zeroGrad((PtNDArray) weights);
            NDArray moved = weights.square().mul(curvature).sum().mul(half);
            backward(moved);
            bar.check("loss", number(moved), vectors.get("loss_perturbed").doubleValue());
            check(bar, weights.getGradient(), vectors.get("sam_grad"));

            program.copy(new NDList(weights), new NDList(aside));
            check(bar, weights.stopGradient(), vectors.get("w"));
        });
    }

    @Test
    void withoutAGradientNothingMoves() throws Exception {
        onThread((program, manager) -> {
            NDArray weights = manager.create(new double[] {1, 2});
            weights.setRequiresGradient(true);
            NDArray aside = weights.zerosLike();
            backward(weights.sub(weights).sum());
            assertThat(program.ascend(new NDList(weights), new NDList(aside), 0.5))
                    .isZero();
            assertThat(weights.stopGradient().toDoubleArray()).containsExactly(1, 2);

            backward(weights.mul(manager.create(Double.POSITIVE_INFINITY)).sum());
            assertThat(program.ascend(new NDList(weights), new NDList(aside), 0.5))
                    .isInfinite();
            assertThat(weights.stopGradient().toDoubleArray()).containsExactly(1, 2);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32"})
    void theAverageAgreesWithTheVectors(DataType type) throws Exception {
        JsonNode vectors = vectors().get("ema");
        onThread((program, manager) -> {
            NDArray average = array(manager, vectors.get("v"), type);
            NDArray weights = array(manager, vectors.get("theta"), type);
            program.average(
                    new NDList(average),
                    new NDList(weights),
                    vectors.get("beta").doubleValue());
            Closeness bar = type == DataType.FLOAT64 ? Closeness.DOUBLE : Closeness.FLOAT;
            check(bar, average, vectors.get("v_new"));
            check(bar, weights, vectors.get("theta"));
        });
    }

    private static void onThread(WithProgram work) throws Exception {
        try (EngineThread thread = EngineThread.start("test", 1)) {
            thread.submit(() -> {
                        try (DecoderProgram program =
                                        DecoderProgram.load(CONFIG, MatrixFlavour.FP32, ComputeDevice.CPU);
                                NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                            JniUtils.setGradMode(true);
                            work.run(program, manager);
                        }
                        return null;
                    })
                    .get();
        }
    }

    private static void backward(NDArray loss) {
        JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
    }

    private static void check(Closeness bar, NDArray actual, JsonNode expected) {
        double[] values = actual.toType(DataType.FLOAT64, false).toDoubleArray();
        assertThat(values).hasSize(expected.size());
        for (int i = 0; i < values.length; i++) {
            bar.check("number " + i, values[i], expected.get(i).doubleValue());
        }
    }

    private static double number(NDArray scalar) {
        return scalar.toType(DataType.FLOAT64, false).getDouble();
    }

    private static NDArray array(NDManager manager, JsonNode values, DataType type) {
        double[] numbers = new double[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values.get(i).doubleValue();
        }
        return manager.create(numbers).toType(type, false);
    }

    private static JsonNode vectors() throws IOException {
        String path = "/vectors/saf.json";
        try (InputStream file = Objects.requireNonNull(AscentTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        }
    }
}
