package dev.freshet.ops.metrics;

import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import io.prometheus.metrics.core.metrics.Gauge;

/** How well the policy answers held-out prompts, at the newest evaluation of each suite. */
final class EvaluationMetrics {
    private final Gauge passAtK;
    private final Gauge score;
    private final Gauge distinctCorrect;

    EvaluationMetrics(Instruments instruments) {
        passAtK = instruments.gauge(
                "freshet_pass_at_k",
                "0 to 1",
                "Unbiased pass@k on a held-out suite, at its newest evaluation",
                "suite",
                "k");
        score = instruments.gauge(
                "freshet_eval_score",
                "reward",
                "Mean reward of an answer on a held-out suite, at its newest evaluation",
                "suite");
        distinctCorrect = instruments.gauge(
                "freshet_distinct_correct",
                "answers",
                "Different correct answers among a prompt's samples, mean over a held-out suite",
                "suite");
    }

    void update(EvaluationCompleted event) {
        event.passAtK()
                .forEach((k, pass) ->
                        passAtK.labelValues(event.suite(), String.valueOf(k)).set(pass));
        score.labelValues(event.suite()).set(event.meanReward());
        distinctCorrect.labelValues(event.suite()).set(event.distinctCorrect());
    }
}
