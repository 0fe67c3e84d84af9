package dev.freshet.model.learning;

import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Scores given tokens under fixed weights: for each rollout the full-distribution log-probs of its completion at the sampling
 * temperature. Groups that wait together are scored together. Methods never block, but for {@link #close}.
 */
public interface LogProbScorer extends AutoCloseable {
    CompletionStage<List<LogProbs>> score(RolloutGroup group);

    /** The same for each sequence of an example of a dataset, at temperature 1. */
    default CompletionStage<List<LogProbs>> score(TokenisedExample example) {
        return CompletableFuture.failedFuture(
                new IllegalArgumentException("this scorer scores rollouts, not examples of a dataset"));
    }

    @Override
    void close();
}
