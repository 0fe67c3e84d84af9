package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.fidelity.SampleSet;
import java.util.ArrayList;
import java.util.List;

/** What a trained teacher makes of normal latents, by its probability flow over falling noise levels. */
record TeacherSamples(DistillationSettings settings, DiffusionProgram program, TrainableParameters score) {
    /** Bounds memory. */
    private static final int AT_ONCE = 1024;

    /** As many as there are latents, in their order. */
    SampleSet of(SampleSet latents, NDManager batches) {
        List<SampleSet> parts = new ArrayList<>();
        for (int first = 0; first < latents.size(); first += AT_ONCE) {
            long[] rows = new long[Math.min(AT_ONCE, latents.size() - first)];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = (long) first + i;
            }
            try (NDManager owner = batches.newSubManager()) {
                NDArray levels = OwnedArray.of(
                        settings.noise().descending(settings.teacher().samplingLevels()), owner);
                NDArray part = HostSamples.array(latents.chosen(rows), owner);
                parts.add(HostSamples.of(program.sample(part, levels, score)));
            }
        }
        return HostSamples.joined(parts);
    }

    static SampleSet latents(Draws draws, int count, int dimensions) {
        return new SampleSet(dimensions, draws.gaussians(Math.multiplyExact(count, dimensions)));
    }
}
