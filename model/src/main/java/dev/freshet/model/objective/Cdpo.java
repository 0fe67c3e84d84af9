package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.Scalars;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Conservative DPO: Mitchell 2023, "A note on DPO with noisy preferences and relationship to IPO", equation 3: a label is wrong with
 * probability epsilon.
 *
 * <pre>
 *   loss = mean over pairs of -(1 - epsilon) ln sigma(margin) - epsilon ln sigma(-margin)
 *
 *   margin as in Dpo    epsilon  labelSmoothing
 * </pre>
 *
 * @param labelSmoothing in [0, 1/2)
 */
public record Cdpo(double labelSmoothing, Regularisation regularisation) implements DatasetObjective {
    static final String NAME = "cdpo";

    private static final String SMOOTHING = "freshet.cdpo.label-smoothing";

    public Cdpo {
        requireSmoothing(labelSmoothing);
    }

    /** Reads {@code freshet.cdpo} and the coefficient of the divergence of a whole configuration. */
    public static Cdpo from(Config config) {
        return new Cdpo(smoothing(config), Regularisation.from(config));
    }

    /** Its setting, which must be good also while another objective is in force. */
    static double smoothing(Config config) {
        return requireSmoothing(config.getDouble(SMOOTHING));
    }

    private static double requireSmoothing(double smoothing) {
        if (!(smoothing >= 0 && smoothing < 0.5)) {
            throw new IllegalArgumentException(
                    "label-smoothing must be in [0, 0.5), was " + smoothing + " (" + SMOOTHING + ")");
        }
        return smoothing;
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
    public Cdpo withRegularisation(Regularisation replacement) {
        regularisation.requireSameDivergence(replacement, NAME, FDpo.NAME);
        return new Cdpo(labelSmoothing, replacement);
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
        NDArray right = Scalars.times(PreferencePairs.logistic(margin), 1 - labelSmoothing);
        NDArray wrong = Scalars.times(PreferencePairs.logistic(margin.neg()), labelSmoothing);
        return pairs.loss(right.add(wrong), margin, regularisation.coefficient());
    }
}
