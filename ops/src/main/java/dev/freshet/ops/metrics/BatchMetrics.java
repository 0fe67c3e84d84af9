package dev.freshet.ops.metrics;

import dev.freshet.model.learning.BatchMeasures;
import dev.freshet.model.learning.StepMeasures;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;

/** What the batches learnt from are made of, token by token and rollout by rollout. */
final class BatchMetrics {
    private final DistributionMetric tokenStaleness;
    private final DistributionMetric trajectoryStaleness;
    private final DistributionMetric versionSpan;
    private final DistributionMetric completionLength;
    private final DistributionMetric importanceRatio;
    private final Gauge truncated;
    private final Gauge equalRewards;
    private final Gauge rewardShaping;
    private final Counter measuring;

    BatchMetrics(Instruments instruments) {
        tokenStaleness = instruments.distribution(
                "freshet_token_staleness",
                "versions",
                "Policy versions by which a token learnt from was behind the learner",
                BatchMeasures.VERSIONS);
        trajectoryStaleness = instruments.distribution(
                "freshet_trajectory_staleness",
                "versions",
                "Policy versions by which the oldest token of a rollout learnt from was behind the learner",
                BatchMeasures.VERSIONS);
        versionSpan = instruments.distribution(
                "freshet_trajectory_version_span",
                "versions",
                "Policy versions between the oldest and the newest token of a rollout learnt from",
                BatchMeasures.VERSIONS);
        completionLength = instruments.distribution(
                "freshet_completion_length_tokens",
                "tokens",
                "Length of the completions learnt from",
                BatchMeasures.TOKENS);
        importanceRatio = instruments.distribution(
                "freshet_importance_ratio",
                "ratio",
                "Probability of a token learnt from under the policy, over that under the version that sampled it",
                StepMeasures.RATIOS);
        truncated = instruments.gauge(
                "freshet_truncated_ratio",
                "0 to 1",
                "Share of the newest step's completions that were cut off at the longest length");
        equalRewards = instruments.gauge(
                "freshet_equal_rewards_ratio",
                "0 to 1",
                "Share of the newest step's groups whose rewards are all equal, and teach nothing but the penalty");
        rewardShaping = instruments.gauge(
                "freshet_reward_shaping",
                "reward",
                "Mean over the newest step's rollouts of what the objective added to the verifier's reward: overlong punishment");
        measuring = instruments.counter(
                "freshet_train_measuring_seconds_total",
                "seconds",
                "Time of the training steps that went into measuring them, divergences included");
    }

    void update(StepMeasures measures) {
        BatchMeasures batch = measures.batch();
        tokenStaleness.add(batch.tokenStaleness());
        trajectoryStaleness.add(batch.trajectoryStaleness());
        versionSpan.add(batch.versionSpan());
        completionLength.add(batch.completionLength());
        importanceRatio.add(measures.importanceRatio());
        truncated.set(batch.truncatedRatio());
        equalRewards.set(batch.equalRewardsRatio());
        rewardShaping.set(batch.rewardShaping());
        measuring.inc(measures.measuringSeconds());
    }
}
