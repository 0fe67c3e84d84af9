package dev.freshet.model.objective;

/**
 * A distributional constraint: the mean that a feature of rollouts is to have under the target.
 *
 * @param mean finite
 */
public record FdpgMoment(Feature feature, double mean) {
    /** What of a rollout is counted. */
    public enum Feature {
        /** The verifier's reward. */
        REWARD("reward") {
            @Override
            double of(FdpgSample sample) {
                return sample.reward();
            }
        },
        /** Tokens of the completion, the stop token included. */
        LENGTH("length") {
            @Override
            double of(FdpgSample sample) {
                return sample.tokens();
            }
        };

        private final String spec;

        Feature(String spec) {
            this.spec = spec;
        }

        /** The name in settings. */
        public String spec() {
            return spec;
        }

        abstract double of(FdpgSample sample);
    }

    public FdpgMoment {
        if (!Double.isFinite(mean)) {
            throw new IllegalArgumentException("the wanted mean of " + feature.spec() + " must be finite, or off, was "
                    + mean + " (" + FdpgSettings.PATH + ".moments." + feature.spec() + ")");
        }
    }

    /** As it stands in {@link FdpgTarget#spec}. */
    @Override
    public String toString() {
        return feature.spec() + "=" + mean;
    }
}
