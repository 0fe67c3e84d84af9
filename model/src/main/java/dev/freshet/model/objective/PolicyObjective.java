package dev.freshet.model.objective;

import dev.freshet.model.rollout.VerifiedGroup;
import java.util.List;

/**
 * An objective of online reinforcement learning: what a method's paper says of advantages and loss, and nothing else. Values
 * are immutable and hold no tensors, so that a switch is the exchange of one value for another between two steps.
 */
public sealed interface PolicyObjective permits Grpo {
    /** The name in settings, commands, metrics and events. */
    String name();

    Regularisation regularisation();

    /** The same objective under another divergence or coefficient. */
    PolicyObjective withRegularisation(Regularisation regularisation);

    /** Whether a group of equal rewards teaches nothing, so that the stream may divert it. */
    boolean needsRewardVariance();

    /** Whether the loss reads reference log-probs. */
    boolean needsReference();

    /** The advantage of each rollout of a group, in the rollouts' order. */
    List<Double> advantages(VerifiedGroup group);

    /**
     * The weight of each token in the loss of a mini-batch whose sequences have the given lengths: one number a sequence, since
     * no aggregation tells tokens of a sequence apart.
     */
    double[] tokenWeights(int[] completionLengths);

    /**
     * The loss of one micro-batch, a sum over its tokens: micro-batches of a mini-batch add up to the mini-batch's loss, because
     * {@link TokenBatch#weight} already carries the aggregation.
     */
    ObjectiveLoss loss(TokenBatch batch, TokenScores current);
}
