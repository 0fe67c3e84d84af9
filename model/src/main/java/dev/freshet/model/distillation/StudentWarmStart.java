package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.Draws.Purpose;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.distillation.WarmStart.Kind;
import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/** Teaches a network student, by least squares, what its latents are to become at first. */
record StudentWarmStart(DistillationSettings settings, NetworkStudent student, PreparationUpdates updates) {
    private static final String PATH = "freshet.distill.student.network.warm-start";

    /**
     * @param initial random weights of the student
     * @param teacher weights of a trained teacher, if it is to be imitated
     */
    List<TensorData> from(List<TensorData> initial, List<TensorData> teacher) {
        WarmStart warmStart = settings.student().warmStart();
        if (warmStart.kind() == Kind.OFF) {
            return initial;
        }
        Draws draws = Draws.of(settings.seed(), Purpose.WARM_START, 0);
        SampleSet latents =
                TeacherSamples.latents(draws, warmStart.pairs(), student.shape().inputs());
        SampleSet wanted =
                warmStart.kind() == Kind.SCALE ? scaled(latents, (float) warmStart.scale()) : flow(latents, teacher);
        try (TrainableParameters parameters = TrainableParameters.of(settings.device(), initial, List.of())) {
            for (int step = 0; step < warmStart.steps(); step++) {
                imitate(parameters, latents, wanted, step);
            }
            return parameters.toTensors();
        }
    }

    private SampleSet flow(SampleSet latents, List<TensorData> teacher) {
        try (TrainableParameters score = TrainableParameters.of(settings.device(), teacher, List.of());
                NDManager owner = updates.newManager()) {
            return new TeacherSamples(settings, updates.program(), score).of(latents, owner);
        }
    }

    private void imitate(TrainableParameters parameters, SampleSet latents, SampleSet wanted, int step) {
        try (NDManager owner = updates.newManager()) {
            long[] rows =
                    Draws.of(settings.seed(), Purpose.WARM_START, step + 1L).below(latents.size(), settings.batch());
            NDArray inputs = HostSamples.array(latents.chosen(rows), owner);
            NDArray outputs = HostSamples.array(wanted.chosen(rows), owner);
            NDArray samples = updates.program().generate(inputs, parameters, Weights.TRAINED);
            NDArray loss = samples.sub(outputs).square().mean();
            updates.apply(
                    "the student's warm start",
                    parameters,
                    loss,
                    settings.student().warmStart().update(),
                    step,
                    PATH);
        }
    }

    private static SampleSet scaled(SampleSet samples, float factor) {
        float[] values = samples.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return new SampleSet(samples.dimensions(), values);
    }
}
