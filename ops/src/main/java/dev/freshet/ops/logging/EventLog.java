package dev.freshet.ops.logging;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointRefused;
import dev.freshet.streams.PipelineEvent.DeletionFailed;
import dev.freshet.streams.PipelineEvent.DivergencesMeasured;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.SteeringTakenBack;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.TailCut;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs what happens to a run, by the weight that it has for an operator. What happens to each group is not logged, whatever the
 * level: that would be a line for every few milliseconds, and the journal has it.
 */
final class EventLog implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    /** Of the warm-up, as far as the log has told of it. */
    private int tenths;

    @Override
    public synchronized void accept(PipelineEvent event) {
        level(event).ifPresent(level -> LOG.atLevel(level).log("{}", event));
    }

    /** Empty for what is not logged. */
    private Optional<Level> level(PipelineEvent event) {
        if (!event.belongsInJournal() || event instanceof GroupDropped || event instanceof DivergencesMeasured) {
            return Optional.empty();
        }
        if (event instanceof StepTrained) {
            return Optional.of(Level.DEBUG);
        }
        if (event instanceof WarmUpProgressed warmUp) {
            return Optional.of(isNextTenth(warmUp) ? Level.INFO : Level.DEBUG);
        }
        boolean failed =
                event instanceof RunFinished finished && finished.outcome().startsWith("failed");
        if (event instanceof PartLeftOut || failed) {
            return Optional.of(Level.ERROR);
        }
        boolean warns = event instanceof CheckpointFailed
                || event instanceof CheckpointRefused
                || event instanceof DeletionFailed
                || event instanceof EvaluationMissed
                || event instanceof SteeringTakenBack
                || event instanceof PartRestarted
                || event instanceof TailCut;
        return Optional.of(warns ? Level.WARN : Level.INFO);
    }

    private boolean isNextTenth(WarmUpProgressed warmUp) {
        int before = tenths;
        tenths = (int) (10L * warmUp.step() / warmUp.totalSteps());
        return tenths != before;
    }
}
