package dev.freshet.model.divergence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
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
