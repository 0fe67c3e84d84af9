package dev.freshet.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.learning.BatchMeasures;
import dev.freshet.model.learning.Distribution;
import dev.freshet.model.learning.DivergenceReading;
import dev.freshet.model.learning.DivergenceReading.Anchor;
import dev.freshet.model.learning.StepMeasures;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.AnswerPurpose;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.AnswerVerified.Result;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.AnswersVerified;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.DivergencesMeasured;
import dev.freshet.streams.PipelineEvent.StepMeasured;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured in batches and groups shows as if each token and each answer had been told. */
class MeasuredMetricsTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PipelineMetrics metrics = new PipelineMetrics(registry, "1.2.3", "abc", InstantSource.system());

    @Test
    void distributionsAddUpOverTheSteps() {
        metrics.accept(new StepMeasured(measures(1)));
        metrics.accept(new StepMeasured(measures(2)));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_token_staleness_bucket{le=\"0.0\"} 6",
                        "freshet_token_staleness_bucket{le=\"1.0\"} 8",
                        "freshet_token_staleness_bucket{le=\"+Inf\"} 8",
                        "freshet_token_staleness_count 8",
                        "freshet_token_staleness_sum 4.0",
                        "freshet_trajectory_staleness_count 8",
                        "freshet_trajectory_version_span_count 8",
                        "freshet_completion_length_tokens_bucket{le=\"4.0\"} 6",
                        "freshet_importance_ratio_bucket{le=\"0.1\"} 6",
                        "freshet_truncated_ratio 0.25",
                        "freshet_reward_shaping -0.125",
                        "freshet_equal_rewards_ratio 0.5",
                        "freshet_weight_push_seconds_sum{phase=\"publish\"} 0.5",
                        "freshet_weight_bytes_total 2000.0");
    }

    @Test
    void whatIsMeasuredOnlyIsCountedAndIsNoRewardOfTraining() {
        metrics.accept(new AnswersVerified(
                7,
                "exact",
                AnswerPurpose.EVALUATION,
                List.of(AnswerVerified.scored(1, 0.5), AnswerVerified.failed(Result.OVERDUE, 30))));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_verifier_outcomes_total{outcome=\"scored\",verifier=\"exact\"} 1.0",
                        "freshet_verifier_outcomes_total{outcome=\"overdue\",verifier=\"exact\"} 1.0",
                        "freshet_verifier_seconds_count{verifier=\"exact\"} 2")
                .noneMatch(line -> line.startsWith("freshet_reward_count"));
    }

    @Test
    void answersAreCountedByVerifierAndOutcome() {
        metrics.accept(new AnswersVerified(
                7,
                "exact",
                AnswerPurpose.TRAINING,
                List.of(AnswerVerified.scored(1, 0.5), AnswerVerified.scored(0, 0.25))));
        metrics.accept(new AnswersVerified(
                8, "exact", AnswerPurpose.TRAINING, List.of(AnswerVerified.failed(Result.THREW, 0.25))));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_verifier_outcomes_total{outcome=\"scored\",verifier=\"exact\"} 2.0",
                        "freshet_verifier_outcomes_total{outcome=\"threw\",verifier=\"exact\"} 1.0",
                        "freshet_verifier_outcomes_total{outcome=\"overdue\",verifier=\"exact\"} 0.0",
                        "freshet_verifier_seconds_sum{verifier=\"exact\"} 1.0",
                        "freshet_reward_bucket{verifier=\"exact\",le=\"0.0\"} 1",
                        "freshet_reward_count{verifier=\"exact\"} 2");
    }

    @Test
    void allDivergencesShowWhicheverIsInForce() {
        metrics.accept(new DivergencesMeasured(
                new PolicyVersion(10),
                List.of(
                        new DivergenceReading("js", Anchor.BEHAVIOUR, 0.25),
                        new DivergenceReading("tv", Anchor.REFERENCE, Double.POSITIVE_INFINITY),
                        new DivergenceReading("jeffreys", Anchor.REFERENCE, Double.NaN))));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_divergence{against=\"behaviour\",divergence=\"js\",estimator=\"monitor\"} 0.25",
                        "freshet_divergence{against=\"reference\",divergence=\"tv\",estimator=\"monitor\"} +Inf",
                        "freshet_divergence_active{divergence=\"none\"} 0.0",
                        "freshet_divergence_active{divergence=\"jeffreys\"} 0.0")
                .noneMatch(line -> line.startsWith("freshet_divergence{") && line.contains("jeffreys"));
    }

    @Test
    void switchesAmongParametersDoNotAddUpToEverMoreSeries() {
        switchTo("js", "alpha:0.1");
        metrics.accept(new DivergencesMeasured(
                new PolicyVersion(10), List.of(new DivergenceReading("alpha:0.1", Anchor.REFERENCE, 0.5))));
        long before = Scraped.lines(registry).size();
        switchTo("alpha:0.1", "alpha:0.2");
        switchTo("alpha:0.2", "alpha:0.3");
        List<String> lines = Scraped.lines(registry);
        assertThat(lines)
                .hasSizeLessThanOrEqualTo((int) before)
                .contains("freshet_divergence_active{divergence=\"alpha:0.3\"} 1.0")
                .noneMatch(line -> line.contains("alpha:0.1") || line.contains("alpha:0.2"));
    }

    private void switchTo(String from, String to) {
        metrics.accept(new DivergenceSwitched(from, 0.1, to, 0.1, new PolicyVersion(3), ChangeOrigin.COMMAND));
    }

    private static StepMeasures measures(long version) {
        Distribution versions = spread(BatchMeasures.VERSIONS);
        return new StepMeasures(
                new PolicyVersion(version),
                new BatchMeasures(versions, versions, versions, spread(BatchMeasures.TOKENS), 0.25, 0.5, -0.125),
                spread(StepMeasures.RATIOS),
                0.25,
                1000,
                List.of(),
                0.125);
    }

    /** Three values in the first bucket and one in the second. */
    private static Distribution spread(List<Double> bounds) {
        List<Long> counts = new ArrayList<>(Distribution.empty(bounds).counts());
        counts.set(0, 3L);
        counts.set(1, 1L);
        return new Distribution(bounds, counts, 2);
    }
}
