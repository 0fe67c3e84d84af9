package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import org.junit.jupiter.api.Test;

class PrecisionTest {
    @Test
    void theGradientFlowsThroughBothChanges() {
        try (NDManager manager = NDManager.newBaseManager()) {
            JniUtils.setGradMode(true);
            NDArray x = manager.create(new float[] {1, 2, 3}).duplicate();
            x.setRequiresGradient(true);
            NDArray wide = Precision.widened(x);
            assertThat(wide.getDataType()).isEqualTo(DataType.FLOAT64);
            assertThat(wide.toDoubleArray()).containsExactly(1, 2, 3);
            NDArray narrow = Precision.as(DataType.FLOAT32, wide.mul(wide));
            assertThat(narrow.getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(narrow.toFloatArray()).containsExactly(1, 4, 9);
            NDArray sum = narrow.sum();
            JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
            assertThat(x.getGradient().getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(x.getGradient().toFloatArray()).containsExactly(2, 4, 6);
        }
    }

    @Test
    void whatHasThePrecisionStaysItself() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray wide = manager.create(new double[] {1});
            assertThat(Precision.widened(wide)).isSameAs(wide);
            assertThat(Precision.as(DataType.FLOAT64, wide)).isSameAs(wide);
        }
    }
}
