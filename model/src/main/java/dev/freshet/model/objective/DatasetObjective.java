package dev.freshet.model.objective;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.rollout.LogProbs;
import java.util.List;

/**
 * An objective whose examples come from a dataset: what a method's paper says of the loss, and nothing else.
 *
 * <p>The learner cuts a batch into mini-batches of one update each, and those into micro-batches, which never part the sequences of an
 * example. Losses of micro-batches add up to that of their mini-batch, because {@link ExampleTokens#weight} carries the mean.
 */
public sealed interface DatasetObjective extends Objective
        permits Sft, FSft, Dpo, FDpo, Cdpo, Ipo, FlatUnlearning, BaselineUnlearning {
    /** The kind of examples that it learns from; a run can be switched between objectives of one kind. */
    ExampleKind feedsOn();

    @Override
    DatasetObjective withRegularisation(Regularisation regularisation);

    /** Whether the loss reads {@link ExampleScores#distribution}, which costs memory: tokens times vocabulary. */
    default boolean needsDistributions() {
        return false;
    }

    /**
     * The weight of each example's loss in that of the mini-batch.
     *
     * @param examples of the mini-batch
     */
    double[] exampleWeights(List<TokenisedExample> examples);

    /** Whether {@link #batchConstant} is wanted, which costs a forward pass more. */
    default boolean needsBatchConstant() {
        return false;
    }

    /**
     * A number of the mini-batch as a whole, which all of its micro-batches are told as {@link ExampleTokens#constant}; without gradient.
     *
     * @param examples of the mini-batch
     * @param policy for each example the log-probs of its sequences under the policy as it is before the update
     * @param owner of arrays that are needed on the way
     */
    default double batchConstant(List<ScoredExample> examples, List<List<LogProbs>> policy, NDManager owner) {
        return 0;
    }

    /** The loss of one micro-batch. */
    DatasetLoss loss(ExampleTokens batch, ExampleScores current);
}
