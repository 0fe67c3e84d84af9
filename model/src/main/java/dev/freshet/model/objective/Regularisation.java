package dev.freshet.model.objective;

import com.typesafe.config.Config;
import dev.freshet.model.divergence.DivergenceEstimator;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.Optional;

/**
 * How strongly, how, and in which divergence, the policy is held to its reference.
 *
 * @param divergence the divergence of policy from reference, or empty for {@code none}
 * @param coefficient factor of the divergence, at least 0; kept while the divergence is {@code none}, so that a switch back finds
 *     it
 * @param as where the divergence enters
 * @param estimator of value and gradient
 * @param control of the coefficient from step to step
 * @param rehearsal how rehearsal sequences are used, if the estimator is of them; kept while it is another
 */
public record Regularisation(
        Optional<FDivergence> divergence,
        double coefficient,
        DivergenceAs as,
        DivergenceEstimator estimator,
        CoefficientControl control,
        Rehearsal rehearsal) {
    /** The spec of no divergence. */
    static final String NONE = "none";

    /** The spec of the divergence that some objectives are bound to. */
    static final String REVERSE_KL = "reverse-kl";

    private static final String REHEARSAL_SET = "freshet.rehearsal.from";

    public Regularisation {
        if (!(coefficient >= 0) || Double.isInfinite(coefficient)) {
            throw new IllegalArgumentException("divergence coefficient must be finite and at least 0, was "
                    + coefficient + " (freshet.divergence-coefficient)");
        }
        control.requireFits(coefficient);
        if (as == DivergenceAs.REWARD && estimator != DivergenceEstimator.SAMPLED) {
            throw new IllegalArgumentException("a divergence as reward must have the estimator sampled, had "
                    + estimator.spec() + " (freshet.divergence-estimator, freshet.divergence-as): it is a number for"
                    + " each sampled token");
        }
        if (estimator == DivergenceEstimator.REHEARSAL) {
            divergence.ifPresent(rehearsal.form()::requireFits);
        }
    }

    /** Reads what begins with {@code freshet.divergence} of a whole configuration. */
    public static Regularisation from(Config config) {
        Regularisation regularisation = new Regularisation(
                DivergenceSpec.parse(config.getString("freshet.divergence")),
                config.getDouble("freshet.divergence-coefficient"),
                DivergenceAs.parse(config.getString("freshet.divergence-as")),
                DivergenceEstimator.parse(config.getString("freshet.divergence-estimator")),
                CoefficientControl.from(config),
                Rehearsal.from(config));
        if (regularisation.estimator() == DivergenceEstimator.REHEARSAL
                && config.getString(REHEARSAL_SET).equals("off")) {
            throw new IllegalArgumentException("divergence-estimator rehearsal needs a rehearsal set, and from is off ("
                    + REHEARSAL_SET
                    + ", freshet.divergence-estimator): prepare one with freshet rehearsal and begin a run"
                    + " with it, or choose sampled");
        }
        return regularisation;
    }

    /**
     * A term of the loss, sampled, with a fixed coefficient.
     *
     * @throws IllegalArgumentException naming the known specs if {@code spec} is none of them
     */
    public static Regularisation of(String spec, double coefficient) {
        return new Regularisation(
                DivergenceSpec.parse(spec),
                coefficient,
                DivergenceAs.LOSS,
                DivergenceEstimator.SAMPLED,
                new CoefficientControl.Fixed(),
                Rehearsal.usual());
    }

    /**
     * Another divergence and coefficient, used in the same way.
     *
     * @throws IllegalArgumentException naming the known specs if {@code spec} is none of them
     */
    public Regularisation with(String otherSpec, double otherCoefficient) {
        return new Regularisation(DivergenceSpec.parse(otherSpec), otherCoefficient, as, estimator, control, rehearsal);
    }

    /**
     * What the next step is taken with.
     *
     * @param version that the step before has made
     * @param measured the divergence as that step estimated it, per token; NaN if it did not
     */
    public Regularisation after(PolicyVersion version, double measured) {
        double next = control.next(coefficient, version, measured);
        return next == coefficient ? this : new Regularisation(divergence, next, as, estimator, control, rehearsal);
    }

    /** Whether the loss holds the policy's own samples to the reference, so that they must have its log-probs. */
    public boolean holdsRollouts() {
        return divergence.isPresent()
                && (estimator != DivergenceEstimator.REHEARSAL || rehearsal.form() == RehearsalForm.DEFINITION);
    }

    /** Whether the loss holds the policy to samples of the reference that were taken before the run. */
    public boolean holdsRehearsal() {
        return divergence.isPresent() && estimator == DivergenceEstimator.REHEARSAL;
    }

    /**
     * Of an objective that is bound to a divergence.
     *
     * @param general the objective that any divergence can be had with
     * @throws IllegalArgumentException if the other has another divergence: a switch would change nothing
     */
    void requireSameDivergence(Regularisation other, String objective, String general) {
        if (!spec().equals(other.spec())) {
            throw new IllegalArgumentException(
                    "objective " + objective + " has a divergence of its own, so a switch to "
                            + other.spec() + " would change nothing: switch the objective to " + general
                            + ", which takes any (freshet.divergence, freshet.objective)");
        }
    }

    public String spec() {
        return DivergenceSpec.format(divergence);
    }
}
