package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.objective.DatasetLoss.Measure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The pairs of a micro-batch, by the log ratios of policy over reference that their completions have as a whole.
 *
 * @param chosen (examples,) ln pi - ln p, differentiable
 * @param rejected likewise
 */
record PreferencePairs(ExampleTokens batch, ExampleScores current, NDArray chosen, NDArray rejected) {
    private static final int CHOSEN = 0;
    private static final int REJECTED = 1;

    /** @throws IllegalArgumentException if the batch has no reference */
    static PreferencePairs of(String objective, ExampleTokens batch, ExampleScores current) {
        NDArray logRatio = batch.segments().sum(current.logProbs().sub(batch.requireReference(objective)));
        return new PreferencePairs(batch, current, batch.of(logRatio, CHOSEN), batch.of(logRatio, REJECTED));
    }

    /** (examples,) beta (link(chosen) - link(rejected)): the implicit reward of the chosen over the rejected completion. */
    NDArray margin(UnaryOperator<NDArray> link, double beta) {
        return Scalars.times(link.apply(chosen).sub(link.apply(rejected)), beta);
    }

    /** (examples,) -ln sigma(margin). */
    static NDArray logistic(NDArray margin) {
        return Activation.softPlus(margin.neg());
    }

    /** @param losses (examples,) */
    DatasetLoss loss(NDArray losses, NDArray margin, double beta) {
        Map<String, Measure> measures = new LinkedHashMap<>();
        NDArray fixed = margin.stopGradient();
        measures.put("margin", Measure.mean(fixed));
        measures.put("preferred", Measure.share(Scalars.gt(fixed, 0), fixed));
        measures.put("chosen_reward", Measure.mean(Scalars.times(chosen.stopGradient(), beta)));
        measures.put("rejected_reward", Measure.mean(Scalars.times(rejected.stopGradient(), beta)));
        NDArray ofCompletions = batch.segments().sum(current.logProbs().stopGradient());
        measures.put("chosen_log_prob", Measure.mean(batch.of(ofCompletions, CHOSEN)));
        measures.put("rejected_log_prob", Measure.mean(batch.of(ofCompletions, REJECTED)));
        return new DatasetLoss(losses.mul(batch.weight()).sum(), measures);
    }
}
