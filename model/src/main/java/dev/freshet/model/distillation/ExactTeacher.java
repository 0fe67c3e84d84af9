package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OwnedArray;

/** A mixture's own scores: a teacher without error. */
final class ExactTeacher implements Teacher {
    private final NDManager manager;
    private final NDArray means; // (modes, 2)
    private final NDArray deviation; // (1)

    private ExactTeacher(NDManager manager, NDArray means, NDArray deviation) {
        this.manager = manager;
        this.means = means;
        this.deviation = deviation;
    }

    static ExactTeacher of(GaussianMixture mixture, ComputeDevice device) {
        NDManager manager = device.newManager(ArrayKind.OTHER);
        int modes = mixture.centres().size();
        return new ExactTeacher(
                manager,
                OwnedArray.of(mixture.centreValues(), new Shape(modes, GaussianMixture.DIMENSIONS), manager),
                manager.full(new Shape(1), (float) mixture.deviation()));
    }

    @Override
    public NDArray denoise(DiffusionProgram program, NDArray noised, NDArray levels) {
        return program.denoiseMixture(noised, levels, means, deviation);
    }

    @Override
    public void close() {
        manager.close();
    }
}
