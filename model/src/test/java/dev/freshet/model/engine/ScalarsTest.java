package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScalarsTest {
    private static final float[] AROUND_THE_BOUNDS = {
        Float.NEGATIVE_INFINITY, -2, -1, 0, 3, 4, Float.POSITIVE_INFINITY, Float.NaN
    };

    private final NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER);

    @AfterEach
    void close() {
        JniUtils.setGradMode(false);
        manager.close();
    }

    @Test
    void clipKeepsWhatIsInsideAndNaN() {
        assertThat(Scalars.clip(around(), -1, 3).toFloatArray()).containsExactly(-1, -1, -1, 0, 3, 3, 3, Float.NaN);
        assertThat(Scalars.atLeast(around(), -1).toFloatArray())
                .containsExactly(-1, -1, -1, 0, 3, 4, Float.POSITIVE_INFINITY, Float.NaN);
        assertThat(Scalars.atMost(around(), 3).toFloatArray())
                .containsExactly(Float.NEGATIVE_INFINITY, -2, -1, 0, 3, 3, 3, Float.NaN);
    }

    @Test
    void clipHasTheSameValuesWhereAutogradDoesNotSeeIt() {
        JniUtils.setGradMode(true);
        float[] seen = Scalars.clip(around(), -1, 3).toFloatArray();

        NoGradient.during(
                () -> assertThat(Scalars.clip(around(), -1, 3).toFloatArray()).containsExactly(seen));
    }

    @Test
    void clipHasAllOfTheGradientInsideAndAtItsBounds() {
        assertThat(gradient(x -> Scalars.clip(x, -1, 3))).containsExactly(0, 0, 1, 1, 1, 0, 0, 1);
    }

    @Test
    void minimumAndMaximumHaveHalfOfItWhereBothAreEqual() {
        assertThat(gradient(x -> Scalars.maximum(x, -1))).containsExactly(0, 0, 0.5f, 1, 1, 1, 1, 1);
    }

    /** A float would be off by 1e-9. */
    @Test
    void theNumberIsOfTheArraysPrecision() {
        NDArray one = OwnedArray.of(new double[] {1}, manager);
        assertThat(Scalars.plus(one, 0.1).toDoubleArray()).containsExactly(1.1);
        assertThat(Scalars.filled(one, 0.1).toDoubleArray()).containsExactly(0.1);
        NDArray ofNoDimensions = manager.full(new Shape(), 1f);
        assertThat(Scalars.plus(ofNoDimensions, 0.1).getDataType()).isEqualTo(DataType.FLOAT32);
    }

    @Test
    void whatIsTooLargeForAFloatIsInfinite() {
        assertThat(Scalars.minimum(around(), 1e300).toFloatArray()).containsExactly(AROUND_THE_BOUNDS);
        assertThat(Scalars.filled(manager.zeros(new Shape(1)), -1e300).toFloatArray())
                .containsExactly(Float.NEGATIVE_INFINITY);
    }

    @Test
    void noNumberLeavesABuffer() {
        long before = JavaBuffers.settledCount();
        NDArray x = manager.zeros(new Shape(3));
        for (int i = 0; i < 100; i++) {
            Scalars.clip(Scalars.over(Scalars.times(Scalars.minus(Scalars.plus(x, i), 1), 2), 3), -1, 1);
            Scalars.neq(x, i);
            Scalars.lte(x, i);
            Scalars.filled(x, i);
        }
        assertThat(JavaBuffers.count()).isLessThanOrEqualTo(before);
    }

    private NDArray around() {
        return OwnedArray.of(AROUND_THE_BOUNDS, manager);
    }

    private float[] gradient(UnaryOperator<NDArray> of) {
        NDArray x = around();
        x.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(of.apply(x).sum());
        }
        return x.getGradient().toFloatArray();
    }
}
