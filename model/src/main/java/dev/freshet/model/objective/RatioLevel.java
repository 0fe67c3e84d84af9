package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What the ratio of two policies is taken of. */
public enum RatioLevel {
    /** Each token has its own. */
    TOKEN("token") {
        @Override
        NDArray of(NDArray logRatio, Segments segments) {
            return logRatio;
        }
    },
    /**
     * All tokens of a rollout have the geometric mean of theirs: Zheng et al. 2025, "Group Sequence Policy Optimization" (arXiv
     * 2507.18071), equation 7. The gradient is that of its GSPO-token, equation 14, and of GSPO itself where a rollout's tokens have
     * one advantage and one weight.
     */
    SEQUENCE("sequence") {
        @Override
        NDArray of(NDArray logRatio, Segments segments) {
            NDArray mean = segments.spread(segments.mean(logRatio.stopGradient()));
            return mean.add(logRatio.sub(logRatio.stopGradient()));
        }
    };

    private final String spec;

    RatioLevel(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    /** The log ratio that counts for each token, (tokens,), from that of the tokens. */
    abstract NDArray of(NDArray logRatio, Segments segments);

    static RatioLevel parse(String spec) {
        return Specs.parse("ratio", spec, List.of(values()), RatioLevel::spec);
    }
}
