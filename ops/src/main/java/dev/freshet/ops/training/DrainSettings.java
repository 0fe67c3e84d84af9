package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.actors.ActorSettings;
import java.time.Duration;

/**
 * How long a run may take to end after SIGTERM or Ctrl-C; {@code run.conf} documents the key.
 *
 * @param deadline how long it may learn from what is in flight; then that is handed back
 * @param grace how long the running step, the last checkpoint and the report may take from then on; then the process is ended
 */
record DrainSettings(Duration deadline, Duration grace) {
    static final String KEY = "freshet.run.drain-deadline";

    private static final String AUTO = "auto";

    /** What a run ends with after its last step: checkpoint and report. */
    private static final Duration ENDING = Duration.ofMinutes(2);

    DrainSettings {
        if (deadline.isZero() || deadline.isNegative() || deadline.compareTo(Duration.ofDays(100)) > 0) {
            throw new IllegalArgumentException("drain-deadline must be auto, or more than 0 and at most 100 days, was "
                    + deadline + " (" + KEY + ")");
        }
    }

    /** @param stalenessBound so many batches may be in flight beside the running step's */
    static DrainSettings from(Config config, ActorSettings actors, long stalenessBound) {
        Duration deadline = config.getString(KEY).equals(AUTO)
                ? actors.learnTimeout().multipliedBy(Math.max(1, stalenessBound))
                : config.getDuration(KEY);
        return new DrainSettings(deadline, actors.learnTimeout().plus(ENDING));
    }

    /** After which the process has ended, one way or the other. */
    Duration longest() {
        return deadline.plus(grace);
    }
}
