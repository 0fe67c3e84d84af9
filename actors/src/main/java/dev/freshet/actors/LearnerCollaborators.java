package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupCounts;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the {@link Learner} works with, and for whom.
 *
 * @param learner stays its creator's, who closes it
 * @param samples for people to read; empty where nothing is sampled
 * @param ahead changes that come into force again
 * @param holdSteps when it has returned, the stream begins no further step
 */
record LearnerCollaborators(
        PolicyLearner learner,
        boolean hasReference,
        Steering steering,
        ParametersInForce inForce,
        TrainingRecord start,
        List<ScheduledChange> ahead,
        Optional<RolloutSamples> samples,
        Supplier<GroupCounts> counts,
        Runnable holdSteps,
        EventSink events,
        ActorRef<Learner.Notice> owner) {
    ActorSettings settings() {
        return inForce.settings();
    }
}
