package dev.freshet.ops.service;

import dev.freshet.streams.Asker;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.ReferenceScored;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When the run last got on. Checkpoints, restarts and drops do not count, nor what callers ask for: a run that does nothing else is
 * stuck. An evaluation that came to nothing does: the run goes on after it.
 */
final class Progress implements EventSink {
    private final LongSupplier nanoTime;
    private volatile long newest;

    Progress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.newest = nanoTime.getAsLong();
    }

    @Override
    public void accept(PipelineEvent event) {
        if (event instanceof StepTrained
                || event instanceof WarmUpProgressed
                || event instanceof ReferenceScored
                || (event instanceof EvaluationCompleted evaluation && evaluation.askedBy() != Asker.CALLER)
                || event instanceof EvaluationMissed
                || event instanceof RunStarted
                || event instanceof StateChanged
                || event instanceof RunFinished) {
            made();
        }
    }

    /** Also while it may stand still: time in a pause is not held against the run. */
    void made() {
        newest = nanoTime.getAsLong();
    }

    Duration since() {
        return Duration.ofNanos(nanoTime.getAsLong() - newest);
    }
}
