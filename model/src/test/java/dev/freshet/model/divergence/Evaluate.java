package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/** Functions of NDArrays as functions of Java arrays, with their gradients. */
final class Evaluate {
    private Evaluate() {}

    /** A manager on a thread that builds autograd graphs; one native thread, as these arrays do not repay more. */
    static NDManager manager() {
        NDManager manager = NDManager.newBaseManager();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setNumThreads(1);
        JniUtils.setGradMode(true);
        return manager;
    }

    static double[] doubles(UnaryOperator<NDArray> function, double... inputs) {
        return in(DataType.FLOAT64, function, inputs);
    }

    static double[] floats(UnaryOperator<NDArray> function, double... inputs) {
        return in(DataType.FLOAT32, function, inputs);
    }

    private static double[] in(DataType type, UnaryOperator<NDArray> function, double... inputs) {
        try (NDManager manager = manager()) {
            NDArray result = function.apply(manager.create(inputs).toType(type, false));
            return result.toType(DataType.FLOAT64, false).toDoubleArray();
        }
    }

    /** The gradient of the sum of the function's values, in double precision. */
    static double[] gradient(UnaryOperator<NDArray> function, double... inputs) {
        try (NDManager manager = manager()) {
            return gradient(function, manager.create(inputs)).toDoubleArray();
        }
    }

    /** As {@link #gradient}, with all that is unreachable collected between the two passes. */
    static double[] gradientAfterCollection(UnaryOperator<NDArray> function, double... inputs) {
        try (NDManager manager = manager()) {
            NDArray at = manager.create(inputs);
            at.setRequiresGradient(true);
            NDArray loss = function.apply(at).sum();
            collectGarbage();
            backward(loss);
            return at.getGradient().toDoubleArray();
        }
    }

    /** Frees the memory of unreachable direct buffers and writes over it. */
    private static void collectGarbage() {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        PhantomReference<Object> witness = new PhantomReference<>(new Object(), collected);
        System.gc();
        try {
            assertThat(collected.remove(5_000))
                    .as("a witness of the collection")
                    .isSameAs(witness);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        for (int i = 0; i < 2_000; i++) {
            ByteBuffer.allocateDirect(Double.BYTES).putDouble(1e300);
        }
    }

    static double[] floatGradient(UnaryOperator<NDArray> function, double... inputs) {
        try (NDManager manager = manager()) {
            NDArray at = manager.create(inputs).toType(DataType.FLOAT32, false);
            return gradient(function, at).toType(DataType.FLOAT64, false).toDoubleArray();
        }
    }

    private static NDArray gradient(UnaryOperator<NDArray> function, NDArray at) {
        at.setRequiresGradient(true);
        backward(function.apply(at).sum());
        return at.getGradient();
    }

    static void backward(NDArray loss) {
        JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
    }
}
