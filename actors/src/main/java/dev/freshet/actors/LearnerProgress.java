package dev.freshet.actors;

import dev.freshet.actors.Learner.TakeSnapshotWhenDue;
import dev.freshet.model.learning.StepReport;
import java.util.Optional;

/**
 * What a learner's steps change.
 *
 * @param nonfiniteInARow newest steps that had a non-finite loss or gradient
 * @param due the order for a snapshot that is not due yet
 */
record LearnerProgress(TrainingRecord trained, int nonfiniteInARow, Optional<TakeSnapshotWhenDue> due) {
    static LearnerProgress from(TrainingRecord start) {
        return new LearnerProgress(start, 0, Optional.empty());
    }

    LearnerProgress after(StepReport step) {
        int nonfinite = step.skippedMiniBatches() > 0 ? nonfiniteInARow + 1 : 0;
        return new LearnerProgress(trained.after(step), nonfinite, due);
    }

    LearnerProgress after(Restoration restored) {
        return new LearnerProgress(trained.rolledBack(restored.checkpoint().state(), restored.version()), 0, due);
    }

    LearnerProgress afterCopy() {
        return new LearnerProgress(trained.afterCopy(), nonfiniteInARow, due);
    }

    LearnerProgress withFiniteStreak() {
        return new LearnerProgress(trained, 0, due);
    }

    LearnerProgress withDue(TakeSnapshotWhenDue order) {
        return new LearnerProgress(trained, nonfiniteInARow, Optional.of(order));
    }

    LearnerProgress withNoneDue() {
        return new LearnerProgress(trained, nonfiniteInARow, Optional.empty());
    }
}
