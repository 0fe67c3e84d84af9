package dev.freshet.ops.logging;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.Optional;

/**
 * Where the run is, which every line of its log says: one value for all threads, moved by the run's own events. (A thread-bound
 * context would have to be carried over every ask, stage and pool, and be wrong wherever that was forgotten.)
 */
final class LogPosition implements EventSink {
    private final String run;
    private volatile Optional<PolicyVersion> version = Optional.empty();

    /** @param run name of the run */
    LogPosition(String run) {
        this.run = run;
    }

    @Override
    public void accept(PipelineEvent event) {
        if (event instanceof StepTrained step) {
            version = Optional.of(step.report().version());
        } else if (event instanceof RunStarted started) {
            version = Optional.of(new PolicyVersion(Math.max(0, started.resumedFrom())));
        } else if (event instanceof GroupsTakenBack back) {
            version = Optional.of(back.version());
        } else if (event instanceof RolledBack rolledBack) {
            version = Optional.of(rolledBack.version());
        }
    }

    String run() {
        return run;
    }

    /** The newest version; empty until the run has a policy. */
    Optional<PolicyVersion> version() {
        return version;
    }
}
