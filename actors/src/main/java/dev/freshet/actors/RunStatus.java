package dev.freshet.actors;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.GroupCounts;
import java.util.Optional;

/**
 * A run at one moment.
 *
 * @param stateReason why it is in this state, in a few words
 * @param totalSteps the steps this run is to take in all
 * @param lastStep what the newest step did, or empty before the first
 * @param parent the version that the newest rollback went back to, or empty without one
 */
public record RunStatus(
        String run,
        RunState state,
        String stateReason,
        PolicyVersion version,
        long totalSteps,
        String objective,
        String divergence,
        double coefficient,
        long stalenessBound,
        GroupCounts groups,
        Optional<StepReport> lastStep,
        Optional<PolicyVersion> parent) {}
