package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** Objectives of f-distill, and the engine that tests of it compute with. */
final class FDistills {
    private FDistills() {}

    static FDistill objective(String spec, double adversarialWeight) {
        return new FDistill(Regularisation.of(spec, 1), settings(adversarialWeight));
    }

    static FDistillSettings settings(double adversarialWeight) {
        return new FDistillSettings(10, 0.1, 20, 10, 0, adversarialWeight);
    }

    static NDManager manager() {
        NDManager manager = NDManager.newBaseManager();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setNumThreads(1);
        JniUtils.setGradMode(true);
        return manager;
    }

    static void backward(NDArray loss) {
        JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
    }
}
