package dev.freshet.model.distillation;

import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.Draws.Purpose;
import dev.freshet.model.fidelity.SampleSet;

/** Fresh draws of a mixture: no example comes twice. */
public record MixtureData(GaussianMixture mixture, long seed) implements TrainingData {
    @Override
    public int dimensions() {
        return GaussianMixture.DIMENSIONS;
    }

    /** Its numbers stand in the settings. */
    @Override
    public String identity() {
        return "mixture of " + mixture.centres().size();
    }

    @Override
    public SampleSet examples(long first, int count) {
        float[] values = new float[count * GaussianMixture.DIMENSIONS];
        for (int i = 0; i < count; i++) {
            mixture.draw(Draws.of(seed, Purpose.DATA, first + i), values, i * GaussianMixture.DIMENSIONS);
        }
        return new SampleSet(GaussianMixture.DIMENSIONS, values);
    }
}
