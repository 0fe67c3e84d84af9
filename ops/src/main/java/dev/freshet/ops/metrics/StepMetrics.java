package dev.freshet.ops.metrics;

import dev.freshet.model.learning.StepReport;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;

/** What the training steps did: one update a step. */
final class StepMetrics {
    private static final double[] STALENESS_BUCKETS = {0, 1, 2, 3, 4, 6, 8, 12, 16, 32};

    private final Clock clock;
    private final Counter steps;
    private final Counter trainedTokens;
    private final Counter nonFiniteSteps;
    private final Gauge lastStep;
    private final Gauge reward;
    private final Gauge accuracy;
    private final Gauge loss;
    private final Gauge entropy;
    private final Gauge gradientNorm;
    private final Gauge learningRate;
    private final Gauge effectiveSampleSize;
    private final Gauge clipped;
    private final Histogram staleness;
    private final Histogram stepSeconds;

    StepMetrics(PrometheusRegistry registry, Clock clock) {
        this.clock = clock;
        steps = counter(registry, "freshet_train_steps_total", "Training steps taken by this process");
        trainedTokens = counter(registry, "freshet_trained_tokens_total", "Completion tokens learnt from");
        nonFiniteSteps = counter(
                registry,
                "freshet_nonfinite_steps_total",
                "Mini-batch steps that changed nothing because loss or gradient were not finite");
        lastStep = gauge(
                registry, "freshet_last_step_timestamp_seconds", "When the newest training step ended, Unix time");
        reward = gauge(registry, "freshet_mean_reward", "Mean reward over the rollouts of the newest step");
        accuracy = gauge(
                registry, "freshet_accuracy_ratio", "Share of the newest step's rollouts with a reward of at least 1");
        loss = gauge(registry, "freshet_loss", "Loss of the newest step, mean over mini-batches");
        entropy =
                gauge(registry, "freshet_entropy", "Entropy of the policy in nats, mean over the newest step's tokens");
        gradientNorm = gauge(
                registry,
                "freshet_gradient_norm",
                "Gradient norm before clipping, mean over the newest step's mini-batches");
        learningRate = gauge(registry, "freshet_learning_rate", "Learning rate of the newest mini-batch");
        effectiveSampleSize = gauge(
                registry,
                "freshet_effective_sample_size_ratio",
                "(sum w)^2 / (n sum w^2) of the newest step's importance ratios, at most 1");
        clipped = Gauge.builder()
                .name("freshet_clip_ratio")
                .help("Share of the newest step's tokens whose importance ratio was clipped, by side")
                .labelNames("side")
                .register(registry);
        staleness = Histogram.builder()
                .name("freshet_trajectory_staleness")
                .help("Policy versions between the learner and the oldest token it learnt from, one observation a step")
                .classicOnly()
                .classicUpperBounds(STALENESS_BUCKETS)
                .register(registry);
        stepSeconds = Histogram.builder()
                .name("freshet_train_step_seconds")
                .help("Time the learner spent on a step, publishing included")
                .classicOnly()
                .classicExponentialUpperBounds(0.01, 2, 14)
                .register(registry);
    }

    void update(StepReport step) {
        steps.inc();
        trainedTokens.inc(step.trainedTokens());
        nonFiniteSteps.inc(step.skippedMiniBatches());
        lastStep.set(clock.millis() / 1000.0);
        reward.set(step.meanReward());
        accuracy.set(step.accuracy());
        loss.set(step.loss());
        entropy.set(step.entropy());
        gradientNorm.set(step.gradientNorm());
        learningRate.set(step.learningRate());
        effectiveSampleSize.set(step.effectiveSampleSize());
        clipped.labelValues("low").set(step.clippedLow());
        clipped.labelValues("high").set(step.clippedHigh());
        staleness.observe((double) step.maxStaleness());
        stepSeconds.observe(step.seconds());
    }

    private static Counter counter(PrometheusRegistry registry, String name, String help) {
        return Counter.builder().name(name).help(help).register(registry);
    }

    private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
        return Gauge.builder().name(name).help(help).register(registry);
    }
}
