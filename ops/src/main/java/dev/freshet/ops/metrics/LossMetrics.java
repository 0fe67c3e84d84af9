package dev.freshet.ops.metrics;

import dev.freshet.model.learning.StepReport;
import io.prometheus.metrics.core.metrics.Gauge;

/** What the newest step's loss was, and what became of its gradient. Not a number, as the report says, if nothing was applied. */
final class LossMetrics {
    private final Gauge loss;
    private final Gauge entropy;
    private final Gauge gradientNorm;
    private final Gauge learningRate;
    private final Gauge effectiveSampleSize;
    private final Gauge clipped;
    private final Gauge clamped;
    private final Gauge capped;
    private final Gauge measures;

    LossMetrics(Instruments instruments) {
        loss = instruments.gauge("freshet_loss", "loss", "Loss of the newest step, mean over its mini-batches");
        entropy = instruments.gauge(
                "freshet_entropy", "nats", "Entropy of the policy, mean over the newest step's tokens");
        gradientNorm = instruments.gauge(
                "freshet_gradient_norm",
                "loss per unit of weight",
                "Norm of the gradient before clipping, mean over the newest step's mini-batches");
        learningRate = instruments.gauge("freshet_learning_rate", "rate", "Learning rate of the newest step");
        effectiveSampleSize = instruments.gauge(
                "freshet_effective_sample_size_ratio",
                "0 to 1",
                "(sum w)^2 / (n sum w^2) of the newest step's importance ratios");
        clipped = instruments.gauge(
                "freshet_clip_ratio",
                "0 to 1",
                "Share of the newest step's tokens whose importance ratio was clipped, by side: low or high",
                "side");
        clamped = instruments.gauge(
                "freshet_log_ratio_clamped_ratio",
                "0 to 1",
                "Share of the newest step's tokens with a log ratio beyond the clamp");
        capped = instruments.gauge(
                "freshet_divergence_weight_capped_ratio",
                "0 to 1",
                "Share of the newest step's tokens whose weight in the divergence term, or f-DPG's pseudo-reward, was at its cap");
        measures = instruments.gauge(
                "freshet_objective_measure",
                "as the objective has it",
                "What else an objective that learns from a dataset tells of the newest step, by name",
                "measure");
    }

    void update(StepReport step) {
        loss.set(step.loss());
        entropy.set(step.entropy());
        gradientNorm.set(step.gradientNorm());
        learningRate.set(step.learningRate());
        effectiveSampleSize.set(step.effectiveSampleSize());
        clipped.labelValues("low").set(step.clippedLow());
        clipped.labelValues("high").set(step.clippedHigh());
        clamped.set(step.clampedLogRatios());
        capped.set(step.cappedWeights());
        measures.clear();
        step.measures().forEach((name, value) -> measures.labelValues(name).set(value));
    }
}
