package dev.freshet.model.learning;

import java.util.function.Consumer;

/**
 * Who is told what a learner's steps saw.
 *
 * @param listener called on the learner's thread before the step's report is given out; must be quick and not throw
 */
public record StepMonitor(MonitorSettings settings, Consumer<StepMeasures> listener) {
    /** Nobody, for whom nothing is measured. */
    public static final StepMonitor NOBODY = new StepMonitor(MonitorSettings.OFF, measures -> {});

    boolean isSomebody() {
        return !equals(NOBODY);
    }
}
