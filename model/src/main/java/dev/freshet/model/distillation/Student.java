package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/** What samples in one step: its shape; its parameters are somebody else's. */
sealed interface Student permits MixtureStudent, NetworkStudent {
    /** Random parameters. */
    List<TensorData> initialise(Draws draws);

    /**
     * Samples (count, dimensions), which belong to {@code owner}; gradients reach the parameters if they are the trained ones.
     *
     * @param draws decide all that is random in them
     */
    NDArray generate(
            DiffusionProgram program,
            TrainableParameters parameters,
            Weights weights,
            Draws draws,
            int count,
            NDManager owner);
}
