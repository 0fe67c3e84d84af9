package dev.freshet.actors;

import dev.freshet.model.learning.StepReport;
import java.util.Optional;

/**
 * Where a run stands in its life.
 *
 * @param cause of a failed run, if more is known of it than the reason
 * @param pause number of the newest pause: tells the end of its wait from that of an earlier one, which was taken back
 * @param streaming whether the stream has been started and has not ended
 */
record RunProgress(
        RunState state,
        String reason,
        Optional<Throwable> cause,
        Optional<StepReport> lastStep,
        long pause,
        boolean streaming) {
    static RunProgress starting() {
        return new RunProgress(
                RunState.STARTING, "writing the first checkpoint", Optional.empty(), Optional.empty(), 0, false);
    }

    RunProgress now(RunState next, String why) {
        return new RunProgress(next, why, cause, lastStep, pause, streaming);
    }

    RunProgress because(Throwable failure) {
        return new RunProgress(state, reason, Optional.of(failure), lastStep, pause, streaming);
    }

    RunProgress after(StepReport step) {
        return new RunProgress(state, reason, cause, Optional.of(step), pause, streaming);
    }

    RunProgress withNextPause() {
        return new RunProgress(state, reason, cause, lastStep, pause + 1, streaming);
    }

    RunProgress withStreaming(boolean now) {
        return new RunProgress(state, reason, cause, lastStep, pause, now);
    }
}
