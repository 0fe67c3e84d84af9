package dev.freshet.ops.bench;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.StepTrained;

/** Rollouts a second that a run learns from, once its first steps are behind it. */
final class StepClock implements EventSink {
    private static final double NANOS_PER_SECOND = 1e9;

    private final int warmUpSteps;
    private long start;
    private long end;
    private long rollouts;

    StepClock(int warmUpSteps) {
        this.warmUpSteps = warmUpSteps;
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        if (event instanceof StepTrained step) {
            end = System.nanoTime();
            if (step.report().version().number() <= warmUpSteps) {
                start = end;
            } else {
                rollouts += step.report().rollouts();
            }
        }
    }

    synchronized double rolloutsPerSecond() {
        return rollouts / seconds();
    }

    /** From the end of the last warm-up step to that of the last step. */
    synchronized double seconds() {
        return (end - start) / NANOS_PER_SECOND;
    }
}
