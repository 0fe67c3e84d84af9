package dev.freshet.model.learning;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.InitialWeights;
import java.util.List;

/** A policy that nothing has been taught yet. */
public final class RandomPolicy {
    private RandomPolicy() {}

    /** The weights that a warm-up from those begins with, in host memory. */
    public static List<TensorData> weights(DecoderConfig config, ComputeDevice device, InitialWeights initial)
            throws InterruptedException {
        device.requirePresent();
        try (EngineThread thread = EngineThread.start("initialise", 1)) {
            return thread.call(() -> {
                try (DecoderWeights weights = DecoderWeights.initialise(config, device, initial)) {
                    return weights.toTensors();
                }
            });
        }
    }
}
