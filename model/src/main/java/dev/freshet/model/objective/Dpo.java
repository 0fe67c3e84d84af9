package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.TokenisedExample;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * DPO: Rafailov et al. 2023, "Direct Preference Optimization: Your Language Model is Secretly a Reward Model" (arXiv 2305.18290),
 * equation 7.
 *
 * <pre>
 *   margin = beta (l(chosen) - l(rejected)),   l = ln pi - ln p of a completion as a whole
 *   loss   = mean over pairs of -ln sigma(margin)
 *
 *   pi  ExampleScores.logProbs    p  ExampleTokens.reference    beta  Regularisation.coefficient
 * </pre>
 *
 * <p>beta is the coefficient of reverse KL in the reward problem that this solves; {@link FDpo} has any other divergence.
 */
public record Dpo(Regularisation regularisation) implements DatasetObjective {
    static final String NAME = "dpo";

    /** Reads the coefficient of the divergence of a whole configuration. */
    public static Dpo from(Config config) {
        return new Dpo(Regularisation.from(config));
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
    public Dpo withRegularisation(Regularisation replacement) {
        regularisation.requireSameDivergence(replacement, NAME, FDpo.NAME);
        return new Dpo(replacement);
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
        PreferencePairs pairs = PreferencePairs.of(NAME, batch, current);
        NDArray margin = pairs.margin(UnaryOperator.identity(), regularisation.coefficient());
        return pairs.loss(PreferencePairs.logistic(margin), margin, regularisation.coefficient());
    }
}
