package dev.freshet.model.objective;

import com.typesafe.config.Config;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import java.util.Optional;

/**
 * How strongly, and in which divergence, the policy is held to its reference.
 *
 * @param divergence the divergence of policy from reference, or empty for {@code none}
 * @param coefficient factor of the divergence in the loss, at least 0; kept while the divergence is {@code none}, so that a
 *     switch back finds it
 */
public record Regularisation(Optional<FDivergence> divergence, double coefficient) {
    public Regularisation {
        if (!(coefficient >= 0) || Double.isInfinite(coefficient)) {
            throw new IllegalArgumentException("divergence coefficient must be finite and at least 0, was "
                    + coefficient + " (freshet.divergence-coefficient)");
        }
    }

    /** Reads {@code freshet.divergence} and {@code freshet.divergence-coefficient} of a whole configuration. */
    public static Regularisation from(Config config) {
        return of(config.getString("freshet.divergence"), config.getDouble("freshet.divergence-coefficient"));
    }

    /** @throws IllegalArgumentException naming the known specs if {@code spec} is none of them */
    public static Regularisation of(String spec, double coefficient) {
        return new Regularisation(DivergenceSpec.parse(spec), coefficient);
    }

    public String spec() {
        return DivergenceSpec.format(divergence);
    }
}
