package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.Perceptron;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/** A perceptron from normal latents, as many as an example has numbers, to an example. */
record NetworkStudent(Perceptron shape) implements Student {
    @Override
    public List<TensorData> initialise(Draws draws) {
        return shape.initialise(draws);
    }

    @Override
    public NDArray generate(
            DiffusionProgram program,
            TrainableParameters parameters,
            Weights weights,
            Draws draws,
            int count,
            NDManager owner) {
        float[] latents = draws.gaussians(Math.multiplyExact(count, shape.inputs()));
        return program.generate(OwnedArray.of(latents, new Shape(count, shape.inputs()), owner), parameters, weights);
    }
}
