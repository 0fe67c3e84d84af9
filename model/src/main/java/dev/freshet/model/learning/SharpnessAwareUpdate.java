package dev.freshet.model.learning;

import dev.freshet.model.transformer.DecoderProgram.AdamW;

/**
 * SAM, Foret et al. 2021, "Sharpness-Aware Minimization for Efficiently Improving Generalization" (ICLR 2021, arXiv 2010.01412),
 * algorithm 1: descends, from where the weights are, the gradient that the same mini-batch has where its loss is the highest nearby.
 * Two passes an update.
 *
 * <pre>
 *   e = rho g / |g|,  g = grad L(w)         w becomes optimizer(w, grad L(w + e))
 * </pre>
 *
 * @param rho how far away, in the weights' own units
 */
record SharpnessAwareUpdate(double rho) implements UpdateRule {
    @Override
    public Update apply(TrainableDecoder decoder, MiniBatchPass miniBatch, double learningRate, AdamW optimizer) {
        double loss;
        double lossMoved;
        try {
            loss = miniBatch.run(Pass.LEARN);
            if (!Double.isFinite(loss)) {
                decoder.discardGradients();
                return Update.none();
            }
            lossMoved = decoder.moved(rho, () -> {
                decoder.discardGradients();
                return miniBatch.run(Pass.LEARN_MOVED);
            });
        } catch (Throwable e) {
            decoder.discardGradients();
            throw e;
        }
        if (!Double.isFinite(lossMoved)) {
            decoder.discardGradients();
            return Update.none();
        }
        double norm = decoder.update(learningRate, optimizer);
        return Double.isFinite(norm) ? new Update(norm, lossMoved - loss) : Update.none();
    }
}
