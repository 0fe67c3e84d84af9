package dev.freshet.ops.metrics;

import dev.freshet.streams.AnswerPurpose;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.AnswerVerified.Result;
import dev.freshet.streams.PipelineEvent.AnswersVerified;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.HashSet;
import java.util.Set;

/** What the verifiers make of the answers, and how long they take. */
final class VerifierMetrics {
    private static final double[] REWARD_BOUNDS = {-1, -0.5, 0, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 2, 5, 10};

    private final Histogram reward;
    private final Histogram seconds;
    private final Counter outcomes;
    private final Set<String> known = new HashSet<>();

    VerifierMetrics(Instruments instruments) {
        reward = instruments.histogram(
                "freshet_reward", "reward", "Reward of an answer, in training", REWARD_BOUNDS, "verifier");
        seconds = instruments.histogram(
                "freshet_verifier_seconds",
                "seconds",
                "Time that a verifier took for an answer; its deadline, where it passed that",
                Instruments.doubling(1.0 / (1 << 18), 26),
                "verifier");
        outcomes = instruments.counter(
                "freshet_verifier_outcomes_total",
                "answers",
                "Answers verified, in training and in evaluations, by what came of it: scored, unscorable, threw or overdue",
                "verifier",
                "outcome");
    }

    void update(AnswersVerified event) {
        String verifier = event.verifier();
        if (known.add(verifier)) {
            for (Result result : Result.values()) {
                outcomes.initLabelValues(verifier, result.label());
            }
        }
        for (AnswerVerified answer : event.answers()) {
            outcomes.labelValues(verifier, answer.result().label()).inc();
            seconds.labelValues(verifier).observe(answer.seconds());
            if (answer.result() == Result.SCORED && event.purpose() == AnswerPurpose.TRAINING) {
                reward.labelValues(verifier).observe(answer.reward());
            }
        }
    }
}
