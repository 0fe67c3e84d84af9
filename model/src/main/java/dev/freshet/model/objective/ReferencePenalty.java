package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.divergence.JensenShannonHalves;
import dev.freshet.model.engine.Scalars;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The divergence of the policy from its reference at each token's state.
 *
 * <pre>
 *   sampled          correction * sg[w] (sg[f(t)/t] + sg[f'(t)] (ln pi - sg[ln pi])),   t = pi / p,   w = min(pi / mu, divergenceWeightCap)
 *   full-vocabulary  sum over the vocabulary of p f(pi / p)
 *   rehearsal        as sampled, of KL(pi || m), m = (pi + p) / 2: what the form definition leaves to samples of pi
 * </pre>
 *
 * <p>Sampled tokens come from mu, so their estimate carries the importance weight w, exact where the cap does not bind. Where log
 * ratios are clamped it keeps the coefficient that f' has at the clamp. What the states owe to mu is left as it is.
 *
 * @param estimate (tokens,), differentiable
 * @param clamped tokens whose log ratio to the reference is beyond the clamp, as truth values
 * @param capped tokens whose w is at its cap, likewise
 */
record ReferencePenalty(NDArray estimate, NDArray clamped, NDArray capped) {
    static ReferencePenalty of(FDivergence divergence, Rlvr rlvr, TokenBatch batch, TokenScores current) {
        return switch (rlvr.regularisation().estimator()) {
            case SAMPLED -> sampled(divergence, rlvr, batch, current.logProbs());
            case FULL_VOCABULARY -> exact(rlvr, current.divergence());
            case REHEARSAL -> secondHalf(divergence, rlvr, batch, current.logProbs());
        };
    }

    private static ReferencePenalty sampled(FDivergence divergence, Rlvr rlvr, TokenBatch batch, NDArray logProbs) {
        return sampled(logRatio -> DivergenceEstimators.onPolicy(divergence, logRatio), rlvr, batch, logProbs);
    }

    private static ReferencePenalty secondHalf(FDivergence divergence, Rlvr rlvr, TokenBatch batch, NDArray logProbs) {
        return sampled(
                logRatio -> RehearsalForm.scaled(JensenShannonHalves.ofPolicy(logRatio), divergence),
                rlvr,
                batch,
                logProbs);
    }

    /** @param onPolicy value and gradient of the log ratio on samples of pi */
    private static ReferencePenalty sampled(
            UnaryOperator<NDArray> onPolicy, Rlvr rlvr, TokenBatch batch, NDArray logProbs) {
        NDArray fixed = logProbs.stopGradient(); // (tokens,), as all arrays
        NDArray toReference = fixed.sub(requireReference(rlvr, batch.reference()));
        // The clamp bounds where f and f' are read; the gradient of ln pi passes it by.
        NDArray logRatio = rlvr.clamp(toReference).add(logProbs.sub(fixed));
        NDArray logWeight = rlvr.clamp(fixed.sub(batch.behaviour()));
        double cap = rlvr.settings().divergenceWeightCap();
        NDArray estimate = DivergenceEstimators.weighted(onPolicy.apply(logRatio), logWeight, cap)
                .mul(batch.samplingCorrection());
        return new ReferencePenalty(estimate, rlvr.isClamped(toReference), Scalars.gt(logWeight, Math.log(cap)));
    }

    private static ReferencePenalty exact(Rlvr rlvr, @Nullable NDArray divergence) {
        NDArray estimate = requireReference(rlvr, divergence);
        NDArray none = Scalars.gt(estimate.stopGradient().zerosLike(), 0);
        return new ReferencePenalty(estimate, none, none);
    }

    private static NDArray requireReference(Rlvr rlvr, @Nullable NDArray known) {
        if (known == null) {
            throw new IllegalArgumentException(
                    "divergence " + rlvr.regularisation().spec()
                            + " needs reference log-probs, the batch has none (freshet.reference, freshet.divergence)");
        }
        return known;
    }
}
