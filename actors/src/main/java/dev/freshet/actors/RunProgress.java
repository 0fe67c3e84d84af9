package dev.freshet.actors;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.Optional;

/**
 * Where a run stands in its life.
 *
 * @param cause of a failed run, if more is known of it than the reason
 * @param pause number of the newest pause: tells the end of its wait from that of an earlier one, which was taken back
 * @param parent of the newest rollback, those before the run was resumed included
 * @param streaming whether the stream has been started and has not ended
 */
record RunProgress(
        RunState state,
        String reason,
        Optional<Throwable> cause,
        Optional<StepReport> lastStep,
        long pause,
        Optional<PolicyVersion> parent,
        boolean streaming) {
    static RunProgress starting(Optional<PolicyVersion> parent) {
        return new RunProgress(
                RunState.STARTING,
                "writing the first checkpoint",
                Optional.empty(),
                Optional.empty(),
                0,
                parent,
                false);
    }

    RunProgress now(RunState next, String why) {
        return new RunProgress(next, why, cause, lastStep, pause, parent, streaming);
    }

    RunProgress because(Throwable failure) {
        return new RunProgress(state, reason, Optional.of(failure), lastStep, pause, parent, streaming);
    }

    RunProgress after(StepReport step) {
        return new RunProgress(state, reason, cause, Optional.of(step), pause, parent, streaming);
    }

    RunProgress withNextPause() {
        return new RunProgress(state, reason, cause, lastStep, pause + 1, parent, streaming);
    }

    RunProgress withStreaming(boolean now) {
        return new RunProgress(state, reason, cause, lastStep, pause, parent, now);
    }

    RunProgress withParent(PolicyVersion rolledBackTo) {
        return new RunProgress(state, reason, cause, lastStep, pause, Optional.of(rolledBackTo), streaming);
    }
}
