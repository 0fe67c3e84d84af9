package dev.freshet.ops.training;

import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.generation.WeightSwap;
import dev.freshet.model.learning.MonitorSettings;
import dev.freshet.model.learning.StepMeasures;
import dev.freshet.model.learning.StepMonitor;
import dev.freshet.ops.metrics.PipelineMetrics;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent.DivergencesMeasured;
import dev.freshet.streams.PipelineEvent.StepMeasured;
import dev.freshet.streams.PipelineEvent.WeightsTakenUp;
import java.util.function.Consumer;

/** Where what happens in a run is told: its events, to all who take them, and its metrics, which also ask for themselves. */
record RunWatch(EventSink events, PipelineMetrics metrics) {
    /** Turns what the learner sees into events. */
    StepMonitor stepMonitor(MonitorSettings settings) {
        return new StepMonitor(settings, this::measured);
    }

    /** Turns what a generator says of newer weights into events. */
    Consumer<WeightSwap> swaps(String generator) {
        return swap -> events.accept(new WeightsTakenUp(generator, swap));
    }

    RolloutGenerator generator(String name, RolloutGenerator started) {
        return metrics.watched(name, started);
    }

    private void measured(StepMeasures measures) {
        events.accept(new StepMeasured(measures));
        if (!measures.divergences().isEmpty()) {
            events.accept(new DivergencesMeasured(measures.version(), measures.divergences()));
        }
    }
}
