package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.distillation.Preparation.Progress;
import dev.freshet.model.learning.Gradients;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** The updates of a preparation, one after another: each is told, and each may be the last. */
final class PreparationUpdates {
    private final DiffusionProgram program;
    private final NDManager batches;
    private final BooleanSupplier cancelled;
    private final Progress progress;
    private final int batch;
    private final long steps;
    private long done;

    /**
     * @param batches owns the managers of single updates, and is somebody else's
     * @param batch samples of an update
     * @param steps updates that are to come
     */
    PreparationUpdates(
            DiffusionProgram program,
            NDManager batches,
            BooleanSupplier cancelled,
            Progress progress,
            int batch,
            long steps) {
        this.program = program;
        this.batches = batches;
        this.cancelled = cancelled;
        this.progress = progress;
        this.batch = batch;
        this.steps = steps;
    }

    DiffusionProgram program() {
        return program;
    }

    /** A new owner of arrays, which the caller closes in the same method. */
    NDManager newManager() {
        return batches.newSubManager();
    }

    /**
     * Descends a loss.
     *
     * @param what is trained, in words
     * @param step from 0
     * @param path of the settings that say how
     * @throws CancellationException if somebody has given the preparation up
     * @throws IllegalStateException if loss or gradient are not finite
     */
    void apply(
            String what, TrainableParameters parameters, NDArray loss, UpdateSettings update, int step, String path) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException(what + " was interrupted after " + step + " updates");
        }
        Gradients.accumulate(loss);
        double rate = update.learningRate().at(step);
        double norm = parameters.update(program, rate, update.optimizer());
        double value = loss.getFloat();
        if (!Double.isFinite(value) || !Double.isFinite(norm)) {
            throw new IllegalStateException("the loss and gradient of " + what + " must be finite, were " + value
                    + " and " + norm + " at update " + (step + 1) + "; lower " + path + ".learning-rate, was " + rate);
        }
        done++;
        progress.onStep(done, steps, value, done * batch);
    }
}
