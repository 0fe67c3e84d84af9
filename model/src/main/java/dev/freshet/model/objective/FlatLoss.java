package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.divergence.FDivergence;

/**
 * FLAT, Wang et al. 2024, "LLM Unlearning via Loss Adjustment with Only Forget Data" (ICLR 2025, arXiv 2410.11143): maximises a
 * variational bound of D_f(template || forget), with neither a retain set nor a reference.
 *
 * <pre>
 *   L = -g(P_e) + f*(g(P_f))        of one example
 *
 *   P_e  AnswerScores.meanProbability of the template       g   FDivergence.activation
 *   P_f  the same of the answer to be forgotten             f*  FDivergence.conjugateOfActivation is f*(g)
 * </pre>
 *
 * <p>The paper's ratio is template over forget, as if the template were our model: its "KL" is our reverse KL, its "Reverse-KL" our
 * forward KL, its JS our {@code js-gan}.
 *
 * <p>Deviations. The released code has decreasing activations, -e^v and 1 - e^v, for Reverse-KL, squared Hellinger and Neyman, under
 * which descending the loss teaches the answer that is to be forgotten; here g increases for every divergence, so that
 * {@code dL/dP_e < 0 < dL/dP_f}. It approximates Jeffreys' conjugate by three terms of its series; here it is exact. And it averages over the
 * padding of the whole batch, which dilutes P and couples the rows; here each answer has a mean of its own.
 *
 * <p>Since dP = P d ln P, a template that the model finds next to impossible has no gradient.
 */
record FlatLoss(FDivergence divergence) implements UnlearningLoss {
    @Override
    public NDArray perExample(AnswerScores forget, AnswerScores template) {
        return of(forget.meanProbability(), template.meanProbability());
    }

    /** Elementwise, of mean probabilities in [0, 1]. */
    NDArray of(NDArray forget, NDArray template) {
        return divergence.conjugateOfActivation(forget).sub(divergence.activation(template));
    }
}
