package dev.freshet.ops.metrics;

import dev.freshet.actors.RunState;
import dev.freshet.streams.PipelineEvent.RunStarted;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.List;
import java.util.Locale;

/** Where the run is in its life, and what became of its parts. */
final class RunMetrics {
    /** Parts of which a run has one, as events name them. */
    private static final List<String> WITHOUT_NUMBER = List.of("reference scorer", "verifier thread");

    private final Gauge state;
    private final Gauge policyVersion;
    private final Gauge stalenessBound;
    private final Gauge plannedSteps;
    private final Gauge warmUp;
    private final Counter rollbacks;
    private final Counter restarts;
    private final Counter leftOut;

    RunMetrics(Instruments instruments) {
        state = instruments.gauge(
                "freshet_run_state", "0 or 1", "1 for the state that the run is in, 0 for all others", "state");
        policyVersion =
                instruments.gauge("freshet_policy_version", "version", "Newest policy version made by the learner");
        stalenessBound =
                instruments.gauge("freshet_staleness_bound", "versions", "Largest staleness that the settings allow");
        plannedSteps =
                instruments.gauge("freshet_planned_steps", "steps", "Training steps that the run is to take in all");
        warmUp = instruments.gauge(
                "freshet_warm_up_ratio", "0 to 1", "Share of the supervised warm-up that is done, before any training");
        rollbacks = instruments.counter(
                "freshet_rollbacks_total",
                "rollbacks",
                "Times that the weights of a checkpoint were taken up again, as a new version");
        restarts = instruments.counter(
                "freshet_stage_restarts_total", "restarts", "Restarts of a supervised part after a failure", "stage");
        leftOut = instruments.counter(
                "freshet_stage_left_out_total", "parts", "Supervised parts that the run goes on without", "stage");
        state(RunState.STARTING.label());
        WITHOUT_NUMBER.forEach(this::part);
    }

    /** A part has a series of each from the start on, so that the first failure is an increase. */
    void part(String part) {
        restarts.initLabelValues(label(part));
        leftOut.initLabelValues(label(part));
    }

    void planned(int steps, long bound) {
        plannedSteps.set((double) steps);
        stalenessBound.set((double) bound);
    }

    void started(RunStarted event) {
        planned(event.totalSteps(), event.stalenessBound());
        version(Math.max(0, event.resumedFrom()));
    }

    void version(long number) {
        policyVersion.set((double) number);
    }

    void rolledBack(long number) {
        version(number);
        rollbacks.inc();
    }

    void warmedUp(int steps, int of) {
        warmUp.set((double) steps / of);
    }

    void state(String label) {
        for (RunState each : RunState.values()) {
            state.labelValues(each.label()).set(each.label().equals(label) ? 1 : 0);
        }
    }

    void restarted(String part) {
        restarts.labelValues(label(part)).inc();
    }

    void leftOut(String part) {
        leftOut.labelValues(label(part)).inc();
    }

    /** Events name parts for people. */
    private static String label(String part) {
        return part.toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    }
}
