package dev.freshet.streams;

import akka.Done;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * All that the pipeline sees of the outside world. Tests run it with lambdas, the daemon with asks to actors, the plumbing
 * benchmark with no model. Expected trouble is an {@link Outcome.Dropped}; a failed stage fails the pipeline.
 */
public interface PipelinePorts {
    CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt);

    CompletionStage<Outcome<VerifiedGroup>> verify(RolloutGroup group);

    /** Adds reference log-probs; the identity when the run has no reference. */
    CompletionStage<Outcome<ScoredGroup>> scoreReference(VerifiedGroup group);

    /** Rehearsal sequences to be learnt from beside a batch of groups; none in a run that has none. */
    default List<RehearsalSequence> rehearsal(List<ScoredGroup> groups) {
        return List.of();
    }

    /** Takes one training step; completes when this process's generators can read the version that it made. */
    CompletionStage<StepReport> learn(LearningBatch batch);

    /** Tells generators elsewhere of a version; never more than one call at a time, always with the newest version. */
    CompletionStage<Done> pushWeights(PolicyVersion version);

    PolicyVersion publishedVersion();

    /** Whether the objective in force learns nothing from a group of equal rewards. */
    boolean needsRewardVariance();

    /** At which a group that is admitted now is sampled; it keeps it to its end. */
    default double temperature() {
        return 1;
    }

    /**
     * The {@code max-staleness} in force, at least the staleness bound.
     *
     * @param atStart as the pipeline was set up with
     */
    default int maxStaleness(int atStart) {
        return atStart;
    }
}
