package dev.freshet.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecoderProgramTest {
    private static final DecoderConfig CONFIG = new DecoderConfig(2, 32, 4, 2, 48, 20, 16, 10000, 1e-5, false);

    @ParameterizedTest
    @EnumSource(
            value = MatrixFlavour.class,
            names = {"PLAIN", "FP32", "BF16", "FP32_PACKED"})
    void scoresLiketheDefinition(MatrixFlavour flavour) throws Exception {
        try (EngineThread thread = EngineThread.start("test", 1)) {
            thread.submit(() -> {
                        try (DecoderProgram program = DecoderProgram.load(CONFIG, flavour, ComputeDevice.CPU);
                                DecoderWeights weights = DecoderWeights.initialise(CONFIG, ComputeDevice.CPU, 1);
                                NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                            NDList w = program.prepare(weights, 2, manager);
                            NDArray ids = manager.create(new long[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3));
                            NDArray picks = manager.create(new long[] {0, 1, 3, 4});
                            NDArray targets = manager.create(new long[] {2, 3, 5, 6});
                            NDList scores = program.tokenScores(
                                    TokenRows.plain(ids), picks, targets, manager.create(1f), named(w));
                            assertThat(scores.get(0).getShape()).isEqualTo(new Shape(4));
                            assertThat(scores.get(0).mean().getFloat()).isCloseTo(-3f, within(1f));
                        }
                        return null;
                    })
                    .get();
        }
    }

    @Test
    void halfPrecisionIsPackedOrRefusedForWantOfTheCpusInstructions() throws Exception {
        if (HalfPrecision.canBePacked()) {
            scoresLiketheDefinition(MatrixFlavour.BF16_PACKED);
            return;
        }
        try (EngineThread thread = EngineThread.start("test", 1)) {
            assertThatThrownBy(() -> thread.call(
                            () -> DecoderProgram.load(CONFIG, MatrixFlavour.BF16_PACKED, ComputeDevice.CPU)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("matrix flavour bf16-packed needs a CPU with AVX-512 (bw, dq and vl), and this one has"
                            + " none; choose fp32-packed, or bf16");
        }
    }

    @Test
    void gradientsReachEveryParameter() throws Exception {
        try (EngineThread thread = EngineThread.start("test", 1)) {
            thread.submit(() -> {
                        try (DecoderProgram program =
                                        DecoderProgram.load(CONFIG, MatrixFlavour.FP32, ComputeDevice.CPU);
                                DecoderWeights weights = DecoderWeights.initialise(CONFIG, ComputeDevice.CPU, 1);
                                NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                            weights.requireGradients();
                            JniUtils.setGradMode(true);
                            NDArray ids = manager.create(new long[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3));
                            NDArray picks = manager.create(new long[] {0, 1, 3, 4});
                            NDArray targets = manager.create(new long[] {2, 3, 5, 6});
                            NDList scores = program.tokenScores(
                                    TokenRows.plain(ids), picks, targets, manager.create(1f), weights.arguments());
                            NDArray loss = scores.get(0).sum().neg();
                            JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.ones(new Shape()), false, false);
                            for (NDArray parameter : weights.parameters()) {
                                try (NDArray gradient = parameter.getGradient()) {
                                    assertThat(gradient.norm().getFloat()).isPositive();
                                }
                            }
                        }
                        return null;
                    })
                    .get();
        }
    }

    @Test
    void picksWithoutATargetChangeNothing() throws Exception {
        try (EngineThread thread = EngineThread.start("test", 1)) {
            thread.submit(() -> {
                        try (DecoderProgram program =
                                        DecoderProgram.load(CONFIG, MatrixFlavour.FP32, ComputeDevice.CPU);
                                DecoderWeights weights = DecoderWeights.initialise(CONFIG, ComputeDevice.CPU, 1);
                                NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                            weights.requireGradients();
                            JniUtils.setGradMode(true);
                            float[] bare = scoresAndGradients(program, weights, manager, 0, 1, 3);
                            float[] padded = scoresAndGradients(program, weights, manager, 0, 1, 3, 0, 0);
                            assertThat(padded).containsExactly(bare, within(1e-6f));
                        }
                        return null;
                    })
                    .get();
        }
    }

    /** Of three targets, of which the picks may be more; gradients of the embedding, which are then zeroed. */
    private static float[] scoresAndGradients(
            DecoderProgram program, DecoderWeights weights, NDManager manager, long... picks) {
        NDArray ids = manager.create(new long[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3));
        NDArray targets = manager.create(new long[] {2, 3, 5});
        NDList scores = program.tokenScores(
                TokenRows.plain(ids), manager.create(picks), targets, manager.create(1f), weights.arguments());
        JniUtils.backward((PtNDArray) scores.get(0).sum(), (PtNDArray) manager.ones(new Shape()), false, false);
        PtNDArray embedding = (PtNDArray) weights.parameters().get(0);
        try (NDArray gradient = JniUtils.getGradient(embedding)) {
            float[] values = gradient.flatten().toFloatArray();
            weights.parameters().forEach(parameter -> JniUtils.zeroGrad((PtNDArray) parameter));
            return scores.get(0).concat(manager.create(values)).toFloatArray();
        }
    }

    private static NDList named(NDList weights) {
        weights.forEach(array -> array.setName("w[]"));
        return weights;
    }
}
