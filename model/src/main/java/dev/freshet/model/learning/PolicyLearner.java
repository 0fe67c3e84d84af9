package dev.freshet.model.learning;

import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Owns the policy's weights and optimizer state. Calls are queued and run one at a time on the learner's own thread; methods
 * never block, but for {@link #close}, which waits for the native call that is running.
 */
public interface PolicyLearner extends AutoCloseable {
    /**
     * Learns from one batch and publishes the new version. When the stage completes, every generator of this process can read
     * the new version. A step whose loss or gradient is not finite changes no weight, and is counted in the report.
     *
     * @param settings of this step alone
     */
    CompletionStage<StepReport> learn(LearningBatch batch, PolicyObjective objective, StepSettings settings);

    /** As the other {@code learn}, from groups alone. */
    default CompletionStage<StepReport> learn(
            List<ScoredGroup> groups, PolicyObjective objective, StepSettings settings) {
        return learn(LearningBatch.of(groups), objective, settings);
    }

    /** As the other {@code learn}, from a dataset. */
    default CompletionStage<StepReport> learn(DatasetBatch batch, DatasetObjective objective, StepSettings settings) {
        return CompletableFuture.failedFuture(
                new IllegalArgumentException("this learner learns from rollouts, not from a dataset"));
    }

    /**
     * As {@code learn}, of a one-step student that is distilled from a diffusion teacher.
     *
     * @param round from 0, which decides what is drawn in it
     */
    default CompletionStage<StepReport> distil(long round, FDistill objective, StepSettings settings) {
        return CompletableFuture.failedFuture(
                new IllegalArgumentException("this learner has a policy of tokens, and none that is distilled"));
    }

    /** Copies weights and optimizer state as they are between two steps; the caller closes the copy. */
    CompletionStage<LearnerSnapshot> snapshot();

    /**
     * Goes on from another state, whose version must be above the newest, and publishes it. When the stage completes, every
     * generator of this process can read it. A state whose tensors are not those of the policy fails the stage and changes nothing.
     */
    CompletionStage<Void> restore(LearnerSnapshot state);

    /** The newest published version. */
    PolicyVersion version();

    @Override
    void close();
}
