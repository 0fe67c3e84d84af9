package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checkpoint of another run, from whose policy a run begins in place of a warm-up of its own. */
final class WarmUpSource {
    private static final String KEY = "freshet.warm-up.from";
    private static final String RANDOM = "random";

    private WarmUpSource() {}

    /** Reads {@code freshet.warm-up.from}: a checkpoint's directory; empty if it is off or random. */
    static Optional<Path> from(Config config) {
        String from = config.getString(KEY);
        return from.equals("off") || from.equals(RANDOM) ? Optional.empty() : Optional.of(Path.of(from));
    }

    /** Whether the run begins from random weights. */
    static boolean isRandom(Config config) {
        return config.getString(KEY).equals(RANDOM);
    }

    /** @throws IllegalArgumentException if the checkpoint is not whole, or of another model */
    static void requireFits(Path checkpoint, DecoderConfig decoder) {
        var unused = weights(checkpoint, decoder);
    }

    /** As {@link #requireFits}; read-only views of a mapped file. */
    static List<TensorData> weights(Path directory, DecoderConfig decoder) {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.open(directory);
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage() + ": name another checkpoint (" + KEY + ")", e);
        }
        Map<String, String> model = checkpoint.state().model();
        if (!model.equals(decoder.toDescription())) {
            throw new IllegalArgumentException("the checkpoint to begin from must be of the model "
                    + decoder.toDescription() + ", was of " + model + " (" + KEY + ", freshet.model)");
        }
        return checkpoint.weights();
    }
}
