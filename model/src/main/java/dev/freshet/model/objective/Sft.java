package dev.freshet.model.objective;

import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.objective.DatasetLoss.Measure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Supervised fine-tuning: demonstrations are imitated by maximum likelihood.
 *
 * <pre>
 *   loss = sum over tokens of weight * -ln pi        pi  ExampleScores.logProbs    weight  SftSettings.aggregation
 * </pre>
 *
 * <p>{@link FSft} has it as the case of total variation, in which the reference and the pull towards it cancel: so nothing here holds the
 * policy but the learning rate.
 */
public record Sft(SftSettings settings, Regularisation regularisation) implements DatasetObjective {
    static final String NAME = "sft";

    /** Reads {@code freshet.sft} of a whole configuration. */
    public static Sft from(Config config) {
        return new Sft(SftSettings.from(config), Regularisation.from(config));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ExampleKind feedsOn() {
        return ExampleKind.DEMONSTRATION;
    }

    @Override
    public Sft withRegularisation(Regularisation replacement) {
        regularisation.requireSameDivergence(replacement, NAME, "f-sft");
        return new Sft(settings, replacement);
    }

    @Override
    public String divergenceInUse() {
        return Regularisation.NONE;
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    @Override
    public double[] exampleWeights(List<TokenisedExample> examples) {
        return settings.tokenWeights(examples);
    }

    @Override
    public DatasetLoss loss(ExampleTokens batch, ExampleScores current) {
        return new DatasetLoss(
                current.logProbs().mul(batch.spread(batch.weight())).sum().neg(), measures(batch, current));
    }

    /** What all that imitate tell. */
    static Map<String, Measure> measures(ExampleTokens batch, ExampleScores current) {
        Map<String, Measure> measures = new LinkedHashMap<>();
        measures.put("log_prob", Measure.mean(current.logProbs()));
        if (batch.reference() != null) {
            measures.put(
                    "log_ratio", Measure.mean(current.logProbs().stopGradient().sub(batch.reference())));
        }
        return measures;
    }
}
