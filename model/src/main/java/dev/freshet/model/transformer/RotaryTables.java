package dev.freshet.model.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.OwnedArray;

/**
 * Cosines and sines of the rotary positions (Su et al. 2021, in the rotate-half form of Llama): angle of position t in pair j is
 * t * base^(-2j / head width).
 *
 * @param cos (positions, head width)
 * @param sin (positions, head width)
 */
record RotaryTables(NDArray cos, NDArray sin) {
    static RotaryTables create(DecoderConfig config, NDManager manager) {
        int headWidth = config.headWidth();
        int half = headWidth / 2;
        float[] cos = new float[config.maxLength() * headWidth];
        float[] sin = new float[config.maxLength() * headWidth];
        for (int position = 0; position < config.maxLength(); position++) {
            for (int pair = 0; pair < half; pair++) {
                double angle = position / Math.pow(config.ropeBase(), 2.0 * pair / headWidth);
                int first = position * headWidth + pair;
                cos[first] = cos[first + half] = (float) Math.cos(angle);
                sin[first] = sin[first + half] = (float) Math.sin(angle);
            }
        }
        Shape shape = new Shape(config.maxLength(), headWidth);
        return new RotaryTables(OwnedArray.of(cos, shape, manager), OwnedArray.of(sin, shape, manager));
    }
}
