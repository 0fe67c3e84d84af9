package dev.freshet.model.divergence;

import ai.djl.ndarray.NDArray;

/** A divergence whose generator has a second derivative everywhere: all but total variation. */
public sealed interface SmoothDivergence extends FDivergence
        permits Alpha,
                ForwardKl,
                Jeffreys,
                JensenShannon,
                NeymanChi2,
                PearsonChi2,
                ReverseKl,
                Scaled,
                SoftenedForwardKl,
                SoftenedReverseKl,
                SquaredHellinger {
    /**
     * h(r) = t f''(t) at r = 1/t = anchor / model: the weight of a sample in f-distill (Xu, Nie and Vahdat 2025, arXiv
     * 2502.15681, table 1), who write it r^2 f''(r) for a generator of r.
     *
     * @param logInverseRatio ln r, that is ln anchor - ln model
     */
    NDArray distillWeight(NDArray logInverseRatio);

    /** f''(t). */
    default NDArray secondDerivative(NDArray logRatio) {
        NDArray logInverseRatio = logRatio.neg();
        return logInverseRatio.exp().mul(distillWeight(logInverseRatio));
    }

    @Override
    SmoothDivergence dual();
}
