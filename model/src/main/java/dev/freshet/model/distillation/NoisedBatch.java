package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.NoiseScaling;
import dev.freshet.model.engine.OwnedArray;

/**
 * Noise for the samples of one update.
 *
 * @param levels of each sample (samples)
 * @param places of the levels in their range (samples), from 0 to 1
 * @param lossWeights of a score network's squared error at each level (samples)
 */
record NoisedBatch(NDArray levels, NDArray places, NDArray lossWeights) {
    static NoisedBatch draw(DistillationSettings settings, Draws draws, NDManager owner) {
        NoiseScaling scaling = settings.scaling();
        float[] levels = settings.noise().draw(draws, settings.batch());
        float[] places = new float[levels.length];
        float[] weights = new float[levels.length];
        for (int i = 0; i < levels.length; i++) {
            places[i] = (float) settings.noise().place(levels[i]);
            weights[i] = (float) scaling.lossWeight(levels[i]);
        }
        return new NoisedBatch(
                OwnedArray.of(levels, owner), OwnedArray.of(places, owner), OwnedArray.of(weights, owner));
    }

    /** Clean data (samples, dimensions) with noise of these levels, fresh each time. */
    NDArray noised(NDArray clean, Draws draws) {
        Shape shape = clean.getShape();
        NDManager owner = levels.getManager();
        NDArray noise = OwnedArray.of(draws.gaussians(Math.toIntExact(shape.size())), shape, owner);
        return noise.mul(levels.reshape(new Shape(-1, 1))).add(clean);
    }
}
