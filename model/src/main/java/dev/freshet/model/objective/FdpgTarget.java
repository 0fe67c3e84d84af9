package dev.freshet.model.objective;

import dev.freshet.model.divergence.FDivergence;
import java.util.List;

/**
 * A target p of f-DPG, known up to a constant: ln P(x) = ln a(x) + {@link #logFactor}, with a the reference (Go et al. 2023, section 3.1
 * and table 1).
 */
public sealed interface FdpgTarget {
    /**
     * ln P - ln a of a rollout; -Infinity where the target has nothing.
     *
     * @param lambda of the target's moments, none if it has none
     */
    double logFactor(FdpgSample sample, List<Double> lambda);

    /** Name and numbers: equal for equal targets. */
    String spec();

    /**
     * @throws IllegalArgumentException if the target gives some rollouts no probability, and the divergence such rollouts an infinite
     *     pseudo-reward
     */
    default void requireFits(FDivergence divergence, String divergenceSpec) {}

    /** a(x) exp(r(x) / beta): the optimum of reward maximisation under a reverse KL penalty of coefficient beta. */
    record Tilted(double beta) implements FdpgTarget {
        /** With less, a reward of 1 makes a rollout e^1,000,000 times as probable: that is the target constraint. */
        private static final double LEAST = 1e-6;

        public Tilted {
            if (!(beta >= LEAST) || Double.isInfinite(beta)) {
                throw new IllegalArgumentException("beta must be finite and at least " + LEAST + ", was " + beta + " ("
                        + FdpgSettings.PATH + ".beta)");
            }
        }

        @Override
        public double logFactor(FdpgSample sample, List<Double> lambda) {
            return sample.reward() / beta;
        }

        @Override
        public String spec() {
            return "tilted by 1/" + beta;
        }
    }

    /** a(x) b(x): what fulfils the constraint b, which a reward of at least 1 says, and nothing else. */
    record Constraint() implements FdpgTarget {
        @Override
        public double logFactor(FdpgSample sample, List<Double> lambda) {
            return sample.reward() >= 1 ? 0 : Double.NEGATIVE_INFINITY;
        }

        @Override
        public String spec() {
            return "constraint";
        }

        @Override
        public void requireFits(FDivergence divergence, String divergenceSpec) {
            if (divergence.derivativeAtInfinity() == Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("divergence " + divergenceSpec
                        + " gives a rollout that breaks the constraint a pseudo-reward of -Infinity: choose one whose"
                        + " f'(Infinity) is finite, such as forward-kl, js or tv (freshet.divergence), or the target"
                        + " tilted (" + FdpgSettings.PATH + ".target)");
            }
        }
    }

    /**
     * a(x) exp(lambda . phi(x)): of all distributions under which features have the wanted means, the one nearest to a in reverse KL.
     *
     * @param moments at least one
     * @param samples rollouts that lambda is fitted on, 2 to 100,000: they are kept, up to sixteen times as many, until it is
     */
    record Moments(List<FdpgMoment> moments, int samples) implements FdpgTarget {
        private static final int MOST_SAMPLES = 100_000;

        public Moments {
            moments = List.copyOf(moments);
            if (moments.isEmpty()) {
                throw new IllegalArgumentException("target moments must have the wanted mean of at least one feature,"
                        + " had none: set " + FdpgSettings.PATH + ".moments.reward or .length");
            }
            if (samples < 2 || samples > MOST_SAMPLES) {
                throw new IllegalArgumentException("samples must be from 2 to " + MOST_SAMPLES + ", were " + samples
                        + " (" + FdpgSettings.PATH + ".moments.samples)");
            }
        }

        @Override
        public double logFactor(FdpgSample sample, List<Double> lambda) {
            return MomentFit.dot(lambda, features(sample));
        }

        List<Double> features(FdpgSample sample) {
            return moments.stream().map(moment -> moment.feature().of(sample)).toList();
        }

        List<Double> means() {
            return moments.stream().map(FdpgMoment::mean).toList();
        }

        @Override
        public String spec() {
            return "moments " + moments + " from " + samples;
        }
    }
}
