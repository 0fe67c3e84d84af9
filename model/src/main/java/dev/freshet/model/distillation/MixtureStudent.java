package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.typesafe.config.Config;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.HostTensors;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/**
 * A mixture of equal Gaussians in the plane with one standard deviation, x = mu_k + e^s z: with fewer components than the teacher has
 * modes it cannot be the teacher, and each divergence has an optimum of its own.
 *
 * @param components at least 1
 * @param at where the means begin, both coordinates
 * @param spread standard deviation of where each begins about there, at least 0
 * @param deviation that the components begin with, above 0
 */
record MixtureStudent(int components, List<Double> at, double spread, double deviation) implements Student {
    private static final String SECTION = "student.mixture.";
    private static final int DIMENSIONS = GaussianMixture.DIMENSIONS;

    MixtureStudent {
        at = List.copyOf(at);
        Rules.atLeast(1, SECTION + "components", components);
        Rules.positive(SECTION + "deviation", deviation);
        if (at.size() != DIMENSIONS || !at.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "at must be two finite coordinates, was " + at + " (" + Rules.PATH + SECTION + "at)");
        }
        if (!(spread >= 0) || Double.isInfinite(spread)) {
            throw new IllegalArgumentException(
                    "spread must be finite and at least 0, was " + spread + " (" + Rules.PATH + SECTION + "spread)");
        }
    }

    static MixtureStudent from(Config config) {
        Config mixture = config.getConfig("freshet.distill.student.mixture");
        return new MixtureStudent(
                mixture.getInt("components"),
                mixture.getDoubleList("at"),
                mixture.getDouble("spread"),
                mixture.getDouble("deviation"));
    }

    @Override
    public List<TensorData> initialise(Draws draws) {
        float[] means = new float[components * DIMENSIONS];
        for (int i = 0; i < means.length; i++) {
            means[i] = (float) (at.get(i % DIMENSIONS) + spread * draws.gaussian());
        }
        return List.of(
                HostTensors.floats("means", List.of((long) components, (long) DIMENSIONS), means),
                HostTensors.floats("log_deviation", List.of(1L), new float[] {(float) Math.log(deviation)}));
    }

    @Override
    public NDArray generate(
            DiffusionProgram program,
            TrainableParameters parameters,
            Weights weights,
            Draws draws,
            int count,
            NDManager owner) {
        NDArray latents = OwnedArray.of(draws.gaussians(count * DIMENSIONS), new Shape(count, DIMENSIONS), owner);
        NDArray chosen = OwnedArray.of(draws.below(components, count), owner);
        return program.mixture(latents, chosen, parameters, weights);
    }
}
