package dev.freshet.actors;

import dev.freshet.model.learning.StepReport;
import java.util.Optional;

/**
 * Where a run stands in its life.
 *
 * @param hold number of the newest order to the learner to begin no step
 */
record RunProgress(RunState state, String reason, Optional<StepReport> lastStep, long hold) {
    static RunProgress starting() {
        return new RunProgress(RunState.STARTING, "writing the first checkpoint", Optional.empty(), 0);
    }

    RunProgress now(RunState next, String why) {
        return new RunProgress(next, why, lastStep, hold);
    }

    RunProgress after(StepReport step) {
        return new RunProgress(state, reason, Optional.of(step), hold);
    }

    RunProgress withNextHold() {
        return new RunProgress(state, reason, lastStep, hold + 1);
    }
}
