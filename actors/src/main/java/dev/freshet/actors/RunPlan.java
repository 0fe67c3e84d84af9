package dev.freshet.actors;

import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupCounts;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All that a run is made of.
 *
 * @param run its name
 * @param feed what it learns from
 * @param learner at the version of {@code start}; stays the caller's, who closes it when the run has completed
 * @param scorer of the reference, opened and closed by the run; empty when the run has none
 * @param parameters in force at the start
 * @param steering which of them may change, and how
 * @param checkpoints {@code CheckpointStore::write}
 * @param start where the run begins or goes on: version, cursor and group counts, as a checkpoint tells them
 * @param ahead changes that commands made behind {@code start}, and that come into force again, each before its own step
 * @param totalSteps of the run in all, those before {@code start} included
 * @param nanoTime a clock for durations, in nanoseconds from any fixed moment
 */
public record RunPlan(
        String run,
        RunFeed feed,
        PolicyLearner learner,
        Optional<Supplier<LogProbScorer>> scorer,
        RunParameters parameters,
        Steering steering,
        CheckpointKeeper.Target checkpoints,
        TrainingState start,
        List<ScheduledChange> ahead,
        long totalSteps,
        EventSink events,
        LongSupplier nanoTime) {
    public RunPlan {
        ahead = List.copyOf(ahead);
        Objective objective = parameters.objective();
        if (objective.needsReference() && !hasReference(feed, scorer)) {
            throw new IllegalArgumentException("objective " + objective.name() + " with divergence "
                    + objective.divergenceInUse() + " needs reference log-probs, and the run has no reference"
                    + " (freshet.reference = off): choose divergence none, or a reference");
        }
        requireFits(objective, feed);
        if (!learner.version().equals(start.version())) {
            throw new IllegalArgumentException("the learner must be at the version that the run starts from, "
                    + start.version() + ", was at " + learner.version());
        }
        if (totalSteps < start.version().number()) {
            throw new IllegalArgumentException("steps must be at least the version that the run goes on from, "
                    + start.version() + ", were " + totalSteps + " (freshet.train.steps)");
        }
    }

    /** Whether what is learnt from has reference log-probs. */
    boolean hasReference() {
        return hasReference(feed, scorer);
    }

    private static boolean hasReference(RunFeed feed, Optional<Supplier<LogProbScorer>> scorer) {
        return scorer.isPresent()
                || (feed instanceof DatasetFeed dataset && dataset.examples().hasStoredReference());
    }

    private static void requireFits(Objective objective, RunFeed feed) {
        if (feed instanceof DatasetFeed dataset) {
            if (!(objective instanceof DatasetObjective own) || own.feedsOn() != dataset.kind()) {
                throw new IllegalArgumentException("objective " + objective.name() + " must learn from "
                        + dataset.kind().label() + ", which the run has (freshet.objective)");
            }
            return;
        }
        if (feed instanceof DistillationFeed) {
            if (!(objective instanceof FDistill)) {
                throw new IllegalArgumentException(
                        "objective " + objective.name() + " must distil, as the run does (freshet.objective)");
            }
            return;
        }
        if (!(objective instanceof PolicyObjective policy)) {
            throw new IllegalArgumentException("objective " + objective.name()
                    + " must learn from rollouts, which the run has (freshet.objective)");
        }
        if (policy.rehearsal().isPresent() && ((RolloutFeed) feed).rehearsal().isEmpty()) {
            throw new IllegalArgumentException("objective " + objective.name() + " with divergence "
                    + objective.regularisation().spec()
                    + " estimated on rehearsal needs a rehearsal set, and the run has none"
                    + " (freshet.rehearsal.from = off): choose another divergence-estimator, or a set");
        }
    }

    /** As they are at the start; those that may change are read where they are used. */
    ActorSettings settings() {
        return parameters.settings();
    }

    /** What earlier processes of this run have counted; what was in flight when they ended counts as returned. */
    public GroupCounts groupsBefore() {
        GroupCounts saved = TrainingRecord.groups(start);
        return new GroupCounts(
                saved.admitted(), saved.trained(), saved.dropped(), saved.returned() + saved.inFlight(), 0);
    }

    /** From the newest version on. */
    long stepsLeft() {
        return totalSteps - learner.version().number();
    }
}
