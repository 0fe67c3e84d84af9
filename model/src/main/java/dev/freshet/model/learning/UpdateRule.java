package dev.freshet.model.learning;

import dev.freshet.model.transformer.DecoderProgram.AdamW;

/** How a mini-batch's gradients become one update of the weights, whatever its objective. */
sealed interface UpdateRule permits PlainUpdate, SharpnessAwareUpdate {
    /** Leaves no gradient behind. If a loss or a gradient is not finite, or a pass fails, the weights are as they were. */
    Update apply(TrainableDecoder decoder, MiniBatchPass miniBatch, double learningRate, AdamW optimizer);

    /**
     * What became of the weights.
     *
     * @param gradientNorm of what was descended, before clipping; NaN if nothing was changed
     * @param sharpness how much higher the mini-batch's loss is at weights + rho gradient / norm; NaN if it was not measured
     */
    record Update(double gradientNorm, double sharpness) {
        static Update none() {
            return new Update(Double.NaN, Double.NaN);
        }

        boolean isApplied() {
            return Double.isFinite(gradientNorm);
        }
    }
}
