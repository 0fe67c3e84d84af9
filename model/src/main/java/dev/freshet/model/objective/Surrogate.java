package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import dev.freshet.model.engine.Scalars;
import java.util.List;
import java.util.OptionalDouble;

/** What stands for the improvement of one token, as a loss. */
public enum Surrogate {
    /**
     * max(-A rho, -A clip(rho, 1 - clipLow, 1 + clipHigh)), of which a bad token costs at most -A dualClip: a pessimist, who of two
     * estimates takes the smaller improvement. Schulman et al. 2017 (PPO), equation 7; Ye et al. 2020, equation 5.
     */
    CLIP("clip") {
        @Override
        NDArray loss(NDArray advantage, NDArray ratio, NDArray logProbs, Bounds bounds) {
            NDArray free = advantage.neg().mul(ratio);
            NDArray clipped = advantage.neg().mul(bounds.clip(ratio));
            NDArray larger = free.maximum(clipped);
            if (bounds.dual().isEmpty()) {
                return larger;
            }
            NDArray most = Scalars.times(advantage.neg(), bounds.dual().getAsDouble());
            return NDArrays.where(Scalars.lt(advantage, 0), larger.minimum(most), larger);
        }

        /** Where the loss has no gradient, because the move that the advantage favours has been made already. */
        @Override
        Clipped clipped(NDArray advantage, NDArray ratio, Bounds bounds) {
            NDArray raised = Scalars.gt(advantage, 0).logicalAnd(Scalars.gt(ratio, 1 + bounds.high()));
            NDArray lowered = Scalars.lt(advantage, 0).logicalAnd(Scalars.lt(ratio, 1 - bounds.low()));
            NDArray strayed = Scalars.lt(advantage, 0)
                    .logicalAnd(Scalars.gt(ratio, bounds.dual().orElse(Double.POSITIVE_INFINITY)));
            return new Clipped(lowered, raised.logicalOr(strayed));
        }
    },
    /**
     * -A sg[clip(rho, 1 - clipLow, 1 + clipHigh)] ln pi: the clip bounds a token's weight and never takes its gradient away. MiniMax
     * 2025, "MiniMax-M1" (arXiv 2506.13585), equation 4. It has no dual clip.
     */
    CISPO("cispo") {
        @Override
        NDArray loss(NDArray advantage, NDArray ratio, NDArray logProbs, Bounds bounds) {
            return advantage.neg().mul(bounds.clip(ratio).stopGradient()).mul(logProbs);
        }

        @Override
        Clipped clipped(NDArray advantage, NDArray ratio, Bounds bounds) {
            return new Clipped(Scalars.lt(ratio, 1 - bounds.low()), Scalars.gt(ratio, 1 + bounds.high()));
        }
    };

    /**
     * Where ratios count.
     *
     * @param low from 1 - low on
     * @param high up to 1 + high
     * @param dual with a negative advantage up to this
     */
    record Bounds(double low, double high, OptionalDouble dual) {
        NDArray clip(NDArray ratio) {
            return Scalars.clip(ratio, 1 - low, 1 + high);
        }
    }

    /** Tokens beyond the bounds, as truth values. */
    record Clipped(NDArray low, NDArray high) {}

    private final String spec;

    Surrogate(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    /**
     * Of each token; all arrays are (tokens,).
     *
     * @param ratio of the policy over the one that it must not stray from; carries the gradient
     * @param logProbs of the policy; carries the gradient
     */
    abstract NDArray loss(NDArray advantage, NDArray ratio, NDArray logProbs, Bounds bounds);

    abstract Clipped clipped(NDArray advantage, NDArray ratio, Bounds bounds);

    static Surrogate parse(String spec) {
        return Specs.parse("surrogate", spec, List.of(values()), Surrogate::spec);
    }
}
