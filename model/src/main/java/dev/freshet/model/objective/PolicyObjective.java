package dev.freshet.model.objective;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import java.util.List;
import java.util.Optional;

/**
 * An objective of online reinforcement learning: what a method's paper says of advantages and loss, and nothing else. Values
 * are immutable and hold no tensors, so that a switch is the exchange of one value for another between two steps; what a method has to
 * know from its earlier steps is handed to it.
 */
public sealed interface PolicyObjective extends Objective permits Rlvr, Fdpg {
    @Override
    PolicyObjective withRegularisation(Regularisation regularisation);

    /** Whether a group of equal rewards teaches nothing, so that the stream may divert it. */
    boolean needsRewardVariance();

    /** The policy that {@link TokenBatch#proximal} is of. */
    ProximalPolicy proximal();

    /** What the objective adds to a rollout's reward before it compares; 0 for nothing. */
    double shaping(Rollout rollout);

    /** The divergence from the reference that the loss wants of {@link TokenScores#divergence}; empty if it reads none there. */
    Optional<FDivergence> exactDivergence();

    /**
     * What the objective makes of a batch as a whole, before the first update.
     *
     * @param proximal log-probs of each rollout under the policy that {@link #proximal} names, groups and rollouts in order
     * @param memory of the step before, of whichever objective that was
     * @param owner of arrays that are needed on the way
     */
    Credits credits(List<ScoredGroup> batch, List<LogProbs> proximal, ObjectiveMemory memory, NDManager owner);

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

    /** How many rehearsal sequences a batch should have, for {@link #rehearsalLoss}; empty if the objective in force reads none. */
    Optional<Rehearsal> rehearsal();

    /**
     * As {@link #loss}, of a micro-batch of rehearsal sequences, which has none of a mini-batch's rollouts.
     *
     * @throws IllegalStateException if {@link #rehearsal} is empty
     */
    RehearsalLoss rehearsalLoss(RehearsalTokens batch, TokenScores current);
}
