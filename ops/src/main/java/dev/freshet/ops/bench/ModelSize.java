package dev.freshet.ops.bench;

import dev.freshet.model.transformer.DecoderConfig;
import java.util.Locale;

/** The decoders that benchmarks of the engine use, with the batch that a training step of theirs takes. */
enum ModelSize {
    /** Four layers whose weights fit a processor's caches. */
    TINY(4, 128, 4, 352, 64, 64, 64),
    /** Eight layers of 135 MB, which do not. */
    SMALL(8, 512, 8, 1376, 8192, 8, 256);

    private final int layers;
    private final int width;
    private final int heads;
    private final int feedForward;
    private final int vocabulary;
    private final int trainingRows;
    private final int trainingLength;

    ModelSize(int layers, int width, int heads, int feedForward, int vocabulary, int trainingRows, int trainingLength) {
        this.layers = layers;
        this.width = width;
        this.heads = heads;
        this.feedForward = feedForward;
        this.vocabulary = vocabulary;
        this.trainingRows = trainingRows;
        this.trainingLength = trainingLength;
    }

    /** @param maxLength longest sequence, prompt and completion together, in tokens */
    DecoderConfig decoder(int maxLength) {
        return new DecoderConfig(
                layers, width, heads, heads, feedForward, vocabulary, maxLength, 10_000.0, 1e-5, false);
    }

    /** Sequences of a training batch. */
    int trainingRows() {
        return trainingRows;
    }

    /** Trained tokens of each sequence of a training batch. */
    int trainingLength() {
        return trainingLength;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
