package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SegmentsTest {
    @Test
    void addsUpAndSpreadsOutByRollout() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Segments segments = Segments.of(new int[] {2, 1, 3}, manager);
            NDArray tokens = manager.create(new float[] {1, 2, 3, 4, 5, 6});
            assertThat(segments.sum(tokens).toFloatArray()).containsExactly(3, 3, 15);
            assertThat(segments.mean(tokens).toFloatArray()).containsExactly(1.5f, 3, 5);
            assertThat(segments.spread(manager.create(new float[] {7, 8, 9})).toFloatArray())
                    .containsExactly(7, 7, 8, 9, 9, 9);
        }
    }

    @Test
    void gradientsFlowBackToTheTokensOfTheRollout() {
        try (NDManager manager = NDManager.newBaseManager()) {
            JniUtils.setGradMode(true);
            Segments segments = Segments.of(new int[] {2, 1}, manager);
            NDArray tokens = manager.create(new double[] {1, 2, 3});
            tokens.setRequiresGradient(true);
            NDArray loss = segments.sum(tokens).square().sum();
            JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
            assertThat(tokens.getGradient().toDoubleArray()).containsExactly(6, 6, 6);
        }
    }

    /** In single precision the small terms would be lost one by one. */
    @Test
    void sumsAreTakenInDoublePrecision() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] tokens = new float[1025];
            Arrays.fill(tokens, 1);
            tokens[0] = 1 << 24;
            Segments segments = Segments.of(new int[] {tokens.length}, manager);
            assertThat(segments.sum(manager.create(tokens)).toFloatArray()).containsExactly((1 << 24) + 1024);
        }
    }
}
