package dev.freshet.model.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.jni.IValue;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.TorchProgram;
import dev.freshet.model.transformer.DecoderProgram.AdamW;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The TorchScript source of diffusion made callable for one scaling and device. All methods must be called on an
 * {@link dev.freshet.model.engine.EngineThread}; shapes are those of the source's comments. Gradients reach data, and parameters if
 * they are {@linkplain Weights#TRAINED trained} ones; results belong to the manager of the first argument.
 */
public final class DiffusionProgram implements AutoCloseable {
    private static final String SOURCE = "diffusion.torchscript";

    private final TorchProgram program;

    private DiffusionProgram(TorchProgram program) {
        this.program = program;
    }

    /** Whether gradients reach the parameters. */
    public enum Weights {
        TRAINED {
            @Override
            NDList of(TrainableParameters parameters) {
                return parameters.trained();
            }
        },
        FROZEN {
            @Override
            NDList of(TrainableParameters parameters) {
                return parameters.frozen();
            }
        };

        abstract NDList of(TrainableParameters parameters);
    }

    public static DiffusionProgram load(NoiseScaling scaling, ComputeDevice device) {
        String source = text().replace("$DATA_VARIANCE", scaling.varianceText())
                .replace("$DATA_DEVIATION", scaling.deviationText())
                .replace("$INPUT_VARIANCE", scaling.inputVarianceText())
                .replace("$COPIES", scaling.copiesText());
        return new DiffusionProgram(TorchProgram.compile(source, device));
    }

    /** Samples of a network student. */
    public NDArray generate(NDArray latents, TrainableParameters student, Weights weights) {
        return call("generate", new NDList(latents), student, weights);
    }

    /** Samples of a mixture student. */
    public NDArray mixture(NDArray latents, NDArray components, TrainableParameters student, Weights weights) {
        return call("mixture", new NDList(latents, components), student, weights);
    }

    /** A score network's estimates of clean data. */
    public NDArray denoise(NDArray noised, NDArray levels, TrainableParameters score, Weights weights) {
        return call("denoise", new NDList(noised, levels), score, weights);
    }

    /** The exact estimates of clean data that is a mixture of Gaussians. */
    public NDArray denoiseMixture(NDArray noised, NDArray levels, NDArray means, NDArray deviation) {
        return program.callWithGradient("denoise_mixture", new NDList(noised, levels, means, deviation))
                .get(0);
    }

    /** A discriminator's logits. */
    public NDArray discriminate(NDArray noised, NDArray levels, TrainableParameters discriminator, Weights weights) {
        return call("discriminate", new NDList(noised, levels), discriminator, weights);
    }

    /** Samples of a score network, over falling levels. */
    public NDArray sample(NDArray latents, NDArray levels, TrainableParameters score) {
        return call("sample", new NDList(latents, levels), score, Weights.FROZEN);
    }

    double adamw(
            NDList parameters,
            NDList firstMoments,
            NDList secondMoments,
            NDList steps,
            double learningRate,
            AdamW settings) {
        try (IValue w = TorchProgram.list(parameters);
                IValue m = TorchProgram.list(firstMoments);
                IValue v = TorchProgram.list(secondMoments);
                IValue s = TorchProgram.list(steps);
                IValue lr = IValue.from(learningRate);
                IValue beta1 = IValue.from(settings.beta1());
                IValue beta2 = IValue.from(settings.beta2());
                IValue epsilon = IValue.from(settings.epsilon());
                IValue decay = IValue.from(settings.weightDecay());
                IValue maxNorm = IValue.from(settings.maxGradientNorm());
                IValue norm = program.call("adamw", w, m, v, s, lr, beta1, beta2, epsilon, decay, maxNorm)) {
            return norm.toDouble();
        }
    }

    @Override
    public void close() {
        program.close();
    }

    private NDArray call(String method, NDList arguments, TrainableParameters parameters, Weights weights) {
        NDList all = new NDList(arguments);
        all.addAll(weights.of(parameters));
        return program.callWithGradient(method, all).get(0);
    }

    private static String text() {
        try (InputStream stream = DiffusionProgram.class.getResourceAsStream(SOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + SOURCE + " must be on the class path, was not found");
            }
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
