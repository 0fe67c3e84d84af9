package dev.freshet.actors;

import dev.freshet.model.checkpoint.Rollback;
import dev.freshet.model.checkpoint.SavedParameters;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run has trained on so far, as its checkpoints tell it.
 *
 * @param start the state that the run began or resumed from
 * @param cursor admission number after the newest trained group's
 * @param trained groups, those before {@code start} included
 * @param rollbacks that the weights stand on, oldest first
 */
record TrainingRecord(TrainingState start, long cursor, long trained, List<Rollback> rollbacks, RunningScores scores) {
    TrainingRecord {
        rollbacks = List.copyOf(rollbacks);
    }

    static TrainingRecord from(TrainingState start) {
        return new TrainingRecord(
                start, start.cursor(), groups(start).trained(), start.rollbacks(), RunningScores.from(start));
    }

    TrainingRecord after(StepReport step) {
        return new TrainingRecord(
                start, step.lastSequence() + 1, trained + step.groups(), rollbacks, scores.after(step.meanReward()));
    }

    TrainingRecord afterCopy() {
        return new TrainingRecord(start, cursor, trained, rollbacks, scores.afterCopy());
    }

    /** The weights are those of {@code checkpoint}, under another version. What was trained on, was: the data goes on. */
    TrainingRecord rolledBack(TrainingState checkpoint, PolicyVersion version) {
        List<Rollback> more = new ArrayList<>(checkpoint.rollbacks());
        more.add(new Rollback(version, checkpoint.version()));
        return new TrainingRecord(start, cursor, trained, more, RunningScores.from(checkpoint));
    }

    /**
     * The state that belongs to a copy of the weights taken now.
     *
     * @param inForce at that moment
     * @param counts as the pipeline has them; it hears of a step only after the learner
     */
    TrainingState stateOf(LearnerSnapshot copy, RunParameters inForce, GroupCounts counts) {
        long notYetCounted = trained - counts.trained();
        GroupCounts groups = new GroupCounts(
                counts.admitted(), trained, counts.dropped(), counts.returned(), counts.inFlight() - notYetCounted);
        return new TrainingState(
                copy.version(),
                copy.optimizerSteps(),
                cursor,
                start.seed(),
                inForce.objective().name(),
                inForce.objective().regularisation().spec(),
                inForce.objective().regularisation().coefficient(),
                new SavedParameters(inForce.texts(), start.parameters().configured()),
                byName(groups),
                start.gemmFlavour(),
                start.settingsDigest(),
                start.model(),
                start.provenance(),
                rollbacks,
                scores.now());
    }

    /** The counts that a state holds by name. */
    static GroupCounts groups(TrainingState state) {
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, state.groups().getOrDefault("dropped." + reason.label(), 0L));
        }
        return new GroupCounts(
                state.groups().getOrDefault("admitted", 0L),
                state.groups().getOrDefault("trained", 0L),
                dropped,
                state.groups().getOrDefault("returned", 0L),
                state.groups().getOrDefault("in_flight", 0L));
    }

    private static Map<String, Long> byName(GroupCounts groups) {
        Map<String, Long> names = new HashMap<>();
        names.put("admitted", groups.admitted());
        names.put("trained", groups.trained());
        names.put("returned", groups.returned());
        names.put("in_flight", groups.inFlight());
        groups.dropped().forEach((reason, count) -> names.put("dropped." + reason.label(), count));
        return names;
    }
}
