package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.TrainableParameters;

/** A score network that was trained on the data. */
record TrainedTeacher(TrainableParameters score) implements Teacher {
    @Override
    public NDArray denoise(DiffusionProgram program, NDArray noised, NDArray levels) {
        return program.denoise(noised, levels, score, Weights.FROZEN);
    }

    @Override
    public void close() {
        score.close();
    }
}
