package dev.freshet.model.learning;

import dev.freshet.model.transformer.DecoderProgram.AdamW;
import java.util.OptionalDouble;

/**
 * Descends the gradient where the weights are.
 *
 * @param measuredAt distance at which sharpness is measured, which costs a forward pass; empty where it is not
 */
record PlainUpdate(OptionalDouble measuredAt) implements UpdateRule {
    @Override
    public Update apply(TrainableDecoder decoder, MiniBatchPass miniBatch, double learningRate, AdamW optimizer) {
        double sharpness;
        try {
            double loss = miniBatch.run(Pass.LEARN);
            if (!Double.isFinite(loss)) {
                decoder.discardGradients();
                return Update.none();
            }
            sharpness = measuredAt.isPresent()
                    ? decoder.moved(measuredAt.getAsDouble(), () -> lossAt(decoder, miniBatch)) - loss
                    : Double.NaN;
        } catch (Throwable e) {
            decoder.discardGradients();
            throw e;
        }
        double norm = decoder.update(learningRate, optimizer);
        return Double.isFinite(norm) ? new Update(norm, sharpness) : Update.none();
    }

    private static double lossAt(TrainableDecoder decoder, MiniBatchPass miniBatch) {
        return decoder.withoutGraph(() -> miniBatch.run(Pass.MEASURE_MOVED));
    }
}
