package dev.freshet.actors;

import dev.freshet.actors.Learner.TakeSnapshotWhenDue;
import dev.freshet.model.learning.StepReport;
import java.util.List;
import java.util.Optional;

/**
 * What a learner's steps change.
 *
 * @param nonfiniteInARow newest steps that had a non-finite loss or gradient
 * @param due the order for a snapshot that is not due yet
 * @param ahead changes that come into force again, each before its own step
 */
record LearnerProgress(
        TrainingRecord trained, int nonfiniteInARow, Optional<TakeSnapshotWhenDue> due, List<ScheduledChange> ahead) {
    LearnerProgress {
        ahead = List.copyOf(ahead);
    }

    static LearnerProgress from(TrainingRecord start, List<ScheduledChange> ahead) {
        return new LearnerProgress(start, 0, Optional.empty(), ahead);
    }

    LearnerProgress after(StepReport step) {
        int nonfinite = step.skippedMiniBatches() > 0 ? nonfiniteInARow + 1 : 0;
        return new LearnerProgress(trained.after(step), nonfinite, due, ahead);
    }

    /** A rollback decides on all that is in force, and so nothing is ahead of it. */
    LearnerProgress after(Restoration restored) {
        return new LearnerProgress(
                trained.rolledBack(restored.checkpoint().state(), restored.version()), 0, due, List.of());
    }

    LearnerProgress afterCopy() {
        return new LearnerProgress(trained.afterCopy(), nonfiniteInARow, due, ahead);
    }

    LearnerProgress withFiniteStreak() {
        return new LearnerProgress(trained, 0, due, ahead);
    }

    LearnerProgress withDue(TakeSnapshotWhenDue order) {
        return new LearnerProgress(trained, nonfiniteInARow, Optional.of(order), ahead);
    }

    LearnerProgress withNoneDue() {
        return new LearnerProgress(trained, nonfiniteInARow, Optional.empty(), ahead);
    }

    LearnerProgress withAhead(List<ScheduledChange> changes) {
        return new LearnerProgress(trained, nonfiniteInARow, due, changes);
    }
}
