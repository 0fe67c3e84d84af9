package dev.freshet.ops.metrics;

import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.MissedEvaluation;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.HashSet;
import java.util.Set;

/** How well the policy answers held-out prompts, and what its answers are like, at the newest evaluation of each suite. */
final class EvaluationMetrics {
    private static final String COMPLETED = "completed";

    private final Gauge passAtK;
    private final Gauge score;
    private final Gauge distinctCorrect;
    private final Gauge changeSinceStart;
    private final Gauge entropy;
    private final Gauge distinctNgrams;
    private final Gauge selfBleu;
    private final Gauge divergence;
    private final Gauge version;
    private final Gauge seconds;
    private final Counter evaluations;
    private final Set<String> known = new HashSet<>();

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
        changeSinceStart = instruments.gauge(
                "freshet_eval_pass_at_1_change",
                "-1 to 1",
                "Change of pass@1 on a suite since version 0; below 0 on a second skill is forgetting",
                "suite");
        entropy = instruments.gauge(
                "freshet_eval_entropy",
                "nats",
                "Entropy of the policy, estimated on its answers to a suite, mean over their tokens",
                "suite");
        distinctNgrams = instruments.gauge(
                "freshet_eval_distinct_ngrams_ratio",
                "0 to 1",
                "Different n-grams over all n-grams of a prompt's answers, mean over a suite (distinct-n)",
                "suite",
                "n");
        selfBleu = instruments.gauge(
                "freshet_eval_self_bleu_ratio",
                "0 to 1",
                "BLEU of an answer against the others to its prompt, mean over a suite; 1 when all are the same",
                "suite");
        divergence = instruments.gauge(
                "freshet_eval_divergence",
                "the divergence's own",
                "Estimate of a divergence of the policy from the reference on its answers to a suite, mean over their tokens",
                "suite",
                "divergence");
        version = instruments.gauge(
                "freshet_eval_policy_version", "version", "Policy version of a suite's newest evaluation", "suite");
        seconds = instruments.gauge(
                "freshet_eval_duration_seconds", "seconds", "Time that a suite's newest evaluation took", "suite");
        evaluations = instruments.counter(
                "freshet_evaluations_total",
                "evaluations",
                "Evaluations of a suite by what came of them: completed, skipped because another was under way or the run was told"
                        + " to end, or failed",
                "suite",
                "outcome");
    }

    void completed(EvaluationCompleted event) {
        String suite = event.suite();
        count(suite, COMPLETED);
        event.passAtK()
                .forEach((k, pass) ->
                        passAtK.labelValues(suite, String.valueOf(k)).set(pass));
        set(score, suite, event.meanReward());
        distinctCorrect.labelValues(suite).set(event.distinctCorrect());
        version.labelValues(suite).set((double) event.version().number());
        seconds.labelValues(suite).set(event.seconds());
        EvaluationMeasures measures = event.measures();
        set(changeSinceStart, suite, measures.changeSinceStart());
        set(entropy, suite, measures.entropy());
        set(selfBleu, suite, measures.selfBleu());
        measures.distinctNgrams()
                .forEach((n, distinct) ->
                        distinctNgrams.labelValues(suite, String.valueOf(n)).set(distinct));
        measures.divergences()
                .forEach((spec, value) -> divergence.labelValues(suite, spec).set(value));
    }

    void missed(EvaluationMissed event) {
        count(event.suite(), event.how().label());
    }

    private static void set(Gauge gauge, String suite, double value) {
        if (!Double.isNaN(value)) {
            gauge.labelValues(suite).set(value);
        }
    }

    /** The suite has a series for each outcome from now on, so that its first failure is an increase. */
    void expect(String suite) {
        if (known.add(suite)) {
            evaluations.initLabelValues(suite, COMPLETED);
            for (MissedEvaluation how : MissedEvaluation.values()) {
                evaluations.initLabelValues(suite, how.label());
            }
        }
    }

    private void count(String suite, String outcome) {
        expect(suite);
        evaluations.labelValues(suite, outcome).inc();
    }
}
