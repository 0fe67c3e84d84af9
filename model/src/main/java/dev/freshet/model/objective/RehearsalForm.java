package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.divergence.ForwardKl;
import dev.freshet.model.divergence.JensenShannon;
import dev.freshet.model.divergence.JensenShannonHalves;
import dev.freshet.model.engine.Scalars;
import java.util.Optional;

/**
 * What is averaged over the tokens that the anchor sampled, of Li et al. 2025, "The Choice of Divergence" (DPH-RL, arXiv
 * 2509.07430); l = ln policy - ln anchor = ln t of a token.
 *
 * <p>Deviation. The paper's code clamps the value to plus or minus 10, which takes the gradient from just the tokens that were
 * forgotten, and its live half of the definition has the gradient of another divergence; here it is that of its name.
 */
public enum RehearsalForm {
    /** f(t), which at t = 1 pulls nowhere: DPH-F with forward KL, DPH-JS in its generator form, and the alpha-divergences. */
    CENTRED("centred") {
        @Override
        void requireFits(FDivergence divergence) {}

        @Override
        NDArray estimate(FDivergence divergence, NDArray logRatio) {
            return DivergenceEstimators.fromAnchor(divergence, logRatio);
        }
    },
    /** -l: DPH-F as the paper prints it, supervised learning of the anchor's own samples. It pulls towards them at t = 1, too. */
    PLAIN("plain") {
        @Override
        void requireFits(FDivergence divergence) {
            if (!divergence.equals(new ForwardKl())) {
                throw refusal(divergence, "forward-kl, whose generator it leaves uncentred");
            }
        }

        @Override
        NDArray estimate(FDivergence divergence, NDArray logRatio) {
            return logRatio.neg();
        }
    },
    /** KL(anchor || m) alone: DPH-JS by its definition, whose other half is of the policy's own samples, and reads the reference. */
    DEFINITION("definition") {
        @Override
        void requireFits(FDivergence divergence) {
            if (!divergence.equals(new JensenShannon()) && !divergence.equals(JensenShannon.onGanScale())) {
                throw refusal(divergence, "js or js-gan, whose definition it is");
            }
        }

        @Override
        NDArray estimate(FDivergence divergence, NDArray logRatio) {
            return scaled(JensenShannonHalves.ofAnchor(logRatio), divergence);
        }
    };

    private final String spec;

    RehearsalForm(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    /** @throws IllegalArgumentException if the divergence has no such form */
    abstract void requireFits(FDivergence divergence);

    /** Of tokens from the anchor, (tokens,), differentiable. */
    abstract NDArray estimate(FDivergence divergence, NDArray logRatio);

    /** A half on the scale of f-GAN, on that of the divergence. */
    static NDArray scaled(NDArray half, FDivergence divergence) {
        return divergence.equals(new JensenShannon()) ? Scalars.times(half, 0.5) : half;
    }

    /** @throws IllegalArgumentException naming those that there are if {@code spec} is none of them */
    static RehearsalForm parse(String spec) {
        return switch (spec) {
            case "centred" -> CENTRED;
            case "plain" -> PLAIN;
            case "definition" -> DEFINITION;
            default ->
                throw new IllegalArgumentException(
                        "form must be centred, plain or definition, was \"" + spec + "\" (freshet.rehearsal.form)");
        };
    }

    IllegalArgumentException refusal(FDivergence divergence, String fitting) {
        return new IllegalArgumentException("rehearsal of the form " + spec + " must be in the divergence " + fitting
                + ", was in " + DivergenceSpec.format(Optional.of(divergence))
                + " (freshet.rehearsal.form, freshet.divergence): choose that, or the form centred");
    }
}
