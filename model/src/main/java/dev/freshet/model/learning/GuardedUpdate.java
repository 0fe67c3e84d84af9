package dev.freshet.model.learning;

import dev.freshet.model.transformer.DecoderProgram.AdamW;
import java.util.OptionalDouble;

/** Turns a mini-batch's gradients into one update of the weights; into none, if loss or gradient are not finite. */
final class GuardedUpdate {
    private GuardedUpdate() {}

    /** The gradients of a mini-batch at the weights as they are. */
    @FunctionalInterface
    interface Accumulation {
        /** Adds them to those that the decoder has accumulated; whether the loss is finite. */
        boolean accumulate();
    }

    /** The gradients' norm before clipping; empty if nothing was changed. */
    static OptionalDouble apply(TrainableDecoder decoder, double learningRate, AdamW settings, Accumulation gradients) {
        boolean finite;
        try {
            finite = gradients.accumulate();
        } catch (Throwable e) {
            decoder.discardGradients();
            throw e;
        }
        if (!finite) {
            decoder.discardGradients();
            return OptionalDouble.empty();
        }
        double norm = decoder.update(learningRate, settings);
        return Double.isFinite(norm) ? OptionalDouble.of(norm) : OptionalDouble.empty();
    }
}
