package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.freshet.model.engine.Scalars;

/**
 * The trajectory loss of SAF and MESA, Du et al. 2022, "Sharpness-Aware Training for Free" (NeurIPS 2022, arXiv 2205.14083), equations 8
 * and 10: what a model says of its own examples is held to what it said some epochs ago (SAF), or what the average of its weights
 * says (MESA), so that its loss cannot fall fast where it is sharp.
 *
 * <pre>
 *   L_tra = tau^2 KL(past || current)      of one token
 *
 *   past, current   ln softmax(logits / tau)            tau   the temperature
 *   dL_tra / d logits = tau (softmax(current / tau) - softmax(past / tau))
 * </pre>
 *
 * <p>The factor tau^2, which keeps the gradient's size whatever the temperature, is in the released code and in no equation. A softmax
 * does not know log-probs from logits, so log-probs do.
 *
 * <p>Deviation, for large vocabularies: of the past only the likeliest tokens may be known, and the probability of all others together.
 * Then the divergence is that of distributions over so many tokens and one event more, which is never above the whole.
 */
public final class TrajectoryLoss {
    /** Added to the probability of all other tokens, whose logarithm is taken: below what single precision can add to it. */
    private static final double FLOOR = 1e-30;

    private TrajectoryLoss() {}

    /** ln softmax(rows / tau), (tokens, vocabulary). */
    public static NDArray softened(NDArray rows, double temperature) {
        return Scalars.over(rows, temperature).logSoftmax(-1);
    }

    /**
     * tau^2 KL(past || current), (tokens,).
     *
     * @param past log-probs (tokens, events), without gradient
     * @param current of the same events; carries the gradient
     */
    public static NDArray perToken(NDArray past, NDArray current, double temperature) {
        NDArray divergence = past.exp().mul(past.sub(current)).sum(new int[] {-1});
        return Scalars.times(divergence, temperature * temperature);
    }

    /**
     * Log-probs (tokens, kept + 1) of some tokens of the vocabulary, and last that of all others together.
     *
     * @param softened log-probs (tokens, vocabulary); carries the gradient
     * @param kept (tokens, kept) ids, different ones in a row, fewer than there are
     */
    public static NDArray coarse(NDArray softened, NDArray kept) {
        NDArray none = softened.stopGradient().zerosLike(); // (tokens, vocabulary), as all but the results
        NDArray ofKept = Scalars.plus(none.gather(kept, 1), 1); // (tokens, kept)
        NDArray isOther = Scalars.plus(none.scatter(kept, ofKept, 1).neg(), 1);
        NDArray others = Scalars.plus(softened.exp().mul(isOther).sum(new int[] {-1}, true), FLOOR)
                .log();
        return NDArrays.concat(new NDList(softened.gather(kept, 1), others), 1);
    }
}
