package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.Draws.Purpose;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/**
 * Teaches a score network the data by denoising: its estimate of clean data from noised data is the mean of what it may have been
 * (Vincent 2011), under the scaling of Karras et al. 2022.
 */
record TeacherTraining(DistillationSettings settings, TrainingData data, PreparationUpdates updates) {
    private static final String PATH = "freshet.distill.teacher";

    /** @param initial random weights of the network */
    List<TensorData> from(List<TensorData> initial) {
        try (TrainableParameters score = TrainableParameters.of(settings.device(), initial, List.of())) {
            for (int step = 0; step < settings.teacher().steps(); step++) {
                update(score, step);
            }
            return score.toTensors();
        }
    }

    private void update(TrainableParameters score, int step) {
        try (NDManager owner = updates.newManager()) {
            Draws draws = Draws.of(settings.seed(), Purpose.TEACHER, step);
            NoisedBatch noise = NoisedBatch.draw(settings, draws, owner);
            NDArray clean = HostSamples.array(data.examples((long) step * settings.batch(), settings.batch()), owner);
            NDArray estimates =
                    updates.program().denoise(noise.noised(clean, draws), noise.levels(), score, Weights.TRAINED);
            NDArray loss = FDistill.denoising(estimates, clean, noise.lossWeights());
            updates.apply("the teacher", score, loss, settings.teacher().update(), step, PATH);
        }
    }
}
