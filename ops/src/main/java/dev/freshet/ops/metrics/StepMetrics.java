package dev.freshet.ops.metrics;

import dev.freshet.model.learning.StepReport;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.InstantSource;

/** What the training steps did: one update a step. */
final class StepMetrics {
    private final InstantSource clock;
    private final Counter steps;
    private final Counter trainedTokens;
    private final Counter trainedRollouts;
    private final Counter rehearsalTokens;
    private final Counter nonFiniteSteps;
    private final Counter nonFiniteMiniBatches;
    private final Gauge nonFiniteInARow;
    private final Gauge lastStep;
    private final Gauge reward;
    private final Gauge accuracy;
    private final Gauge maxStaleness;
    private final Histogram stepSeconds;
    private final LossMetrics loss;

    StepMetrics(Instruments instruments, InstantSource clock) {
        this.clock = clock;
        steps = instruments.counter("freshet_train_steps_total", "steps", "Training steps taken by this process");
        lastStep = instruments.gauge(
                "freshet_last_step_timestamp_seconds",
                "Unix time",
                "When the newest training step ended; before the first, when the run began");
        stepSeconds = instruments.histogram(
                "freshet_train_step_seconds",
                "seconds",
                "Time that the learner spent on a step, publishing included",
                Instruments.doubling(1.0 / 128, 16));
        trainedTokens = instruments.counter("freshet_trained_tokens_total", "tokens", "Completion tokens learnt from");
        trainedRollouts = instruments.counter("freshet_trained_rollouts_total", "rollouts", "Rollouts learnt from");
        rehearsalTokens = instruments.counter(
                "freshet_rehearsal_tokens_total",
                "tokens",
                "Completion tokens of rehearsal sequences learnt from, beside those of rollouts");
        nonFiniteSteps = instruments.counter(
                "freshet_nonfinite_steps_total",
                "steps",
                "Training steps with a mini-batch that changed nothing because its loss or gradient were not finite");
        nonFiniteMiniBatches = instruments.counter(
                "freshet_nonfinite_mini_batches_total",
                "mini-batches",
                "Mini-batches that changed nothing because their loss or gradient were not finite");
        nonFiniteInARow = instruments.gauge(
                "freshet_nonfinite_steps_in_a_row",
                "steps",
                "Newest steps that had such a mini-batch, without one between them that had none; enough of them pause the"
                        + " run");
        maxStaleness = instruments.gauge(
                "freshet_max_staleness",
                "versions",
                "Policy versions between the learner and the oldest token of the newest step");
        reward = instruments.gauge("freshet_mean_reward", "reward", "Mean reward over the rollouts of the newest step");
        accuracy = instruments.gauge(
                "freshet_accuracy_ratio", "0 to 1", "Share of the newest step's rollouts with a reward of at least 1");
        loss = new LossMetrics(instruments);
    }

    /** No step has been taken, and none is awaited since before now. */
    void begin() {
        lastStep.set(now());
    }

    void update(StepReport step) {
        steps.inc();
        lastStep.set(now());
        stepSeconds.observe(step.seconds());
        trainedTokens.inc(step.trainedTokens());
        trainedRollouts.inc(step.rollouts());
        rehearsalTokens.inc(step.rehearsalTokens());
        nonFiniteSteps.inc(step.skippedMiniBatches() > 0 ? 1 : 0);
        nonFiniteMiniBatches.inc(step.skippedMiniBatches());
        nonFiniteInARow.set(step.skippedMiniBatches() > 0 ? nonFiniteInARow.get() + 1 : 0);
        maxStaleness.set((double) step.maxStaleness());
        reward.set(step.meanReward());
        accuracy.set(step.accuracy());
        loss.update(step);
    }

    private double now() {
        return clock.millis() / 1000.0;
    }
}
