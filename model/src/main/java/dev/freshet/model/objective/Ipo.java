package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.Scalars;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * IPO: Azar et al. 2023, "A General Theoretical Paradigm to Understand Learning from Human Preferences" (arXiv 2310.12036), equation 17: the
 * gap of log ratios is held at a number, where DPO's grows for ever if nobody disagrees.
 *
 * <pre>
 *   loss = mean over pairs of (h - 1 / (2 beta))^2,   h = l(chosen) - l(rejected)
 *
 *   l and beta as in Dpo; the paper's tau is beta
 * </pre>
 */
public record Ipo(Regularisation regularisation) implements DatasetObjective {
    static final String NAME = "ipo";

    public Ipo {
        if (!(regularisation.coefficient() > 0)) {
            throw new IllegalArgumentException("ipo must have a divergence-coefficient above 0, was "
                    + regularisation.coefficient() + " (freshet.divergence-coefficient): it divides by it");
        }
        regularisation.control().requireStaysAboveZero(NAME);
    }

    /** Reads the coefficient of the divergence of a whole configuration. */
    public static Ipo from(Config config) {
        return new Ipo(Regularisation.from(config));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ExampleKind feedsOn() {
        return ExampleKind.PREFERENCE;
    }

    @Override
    public Ipo withRegularisation(Regularisation replacement) {
        regularisation.requireSameDivergence(replacement, NAME, FDpo.NAME);
        return new Ipo(replacement);
    }

    @Override
    public String divergenceInUse() {
        return Regularisation.REVERSE_KL;
    }

    @Override
    public boolean needsReference() {
        return true;
    }

    @Override
    public double[] exampleWeights(List<TokenisedExample> examples) {
        return ExampleMeans.weights(examples.size());
    }

    @Override
    public DatasetLoss loss(ExampleTokens batch, ExampleScores current) {
        double beta = regularisation.coefficient();
        PreferencePairs pairs = PreferencePairs.of(NAME, batch, current);
        NDArray gap = pairs.margin(UnaryOperator.identity(), 1); // (examples,)
        NDArray losses = Scalars.minus(gap, 1 / (2 * beta)).square();
        return pairs.loss(losses, Scalars.times(gap.stopGradient(), beta), beta);
    }
}
