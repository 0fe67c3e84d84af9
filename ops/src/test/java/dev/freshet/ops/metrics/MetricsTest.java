package dev.freshet.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.freshet.actors.RunParameters;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Samples;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.listen.ListenAddress;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.run.RunEvents;
import dev.freshet.ops.training.ConfigSteering;
import dev.freshet.streams.Asker;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.MissedEvaluation;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointRefused;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineSettings;
import dev.freshet.streams.SettingChange;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scrapes over a real socket, as Prometheus does. */
class MetricsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PipelineMetrics metrics = new PipelineMetrics(registry, "1.2.3", "abc", CLOCK);
    private final HttpClient http = HttpClient.newHttpClient();
    private MetricsServer server;

    @BeforeEach
    void start() throws Exception {
        server = MetricsServer.start(address(0), registry);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aStepShowsInEveryMetricThatItFeeds() throws Exception {
        metrics.watchGroups(() -> Samples.COUNTS);
        metrics.accept(new RunStarted("sample", "1.2.3", 7, 200, 2, -1));
        metrics.accept(Samples.trained(12));
        assertThat(scrape())
                .contains(
                        "freshet_build_info{commit=\"abc\",version=\"1.2.3\"} 1",
                        "freshet_policy_version 12.0",
                        "freshet_staleness_bound 2.0",
                        "freshet_train_steps_total 1.0",
                        "freshet_trained_tokens_total 640.0",
                        "freshet_rehearsal_tokens_total 320.0",
                        "freshet_nonfinite_steps_total 1.0",
                        "freshet_nonfinite_mini_batches_total 1.0",
                        "freshet_last_step_timestamp_seconds 1.7E9",
                        "freshet_groups_total{outcome=\"admitted\"} 120.0",
                        "freshet_groups_total{outcome=\"trained\"} 96.0",
                        "freshet_groups_total{outcome=\"dropped_stale\"} 1.0",
                        "freshet_groups_total{outcome=\"dropped_no_signal\"} 6.0",
                        "freshet_groups_total{outcome=\"unscorable\"} 0.0",
                        "freshet_groups_total{outcome=\"failed\"} 0.0",
                        "freshet_groups_total{outcome=\"dropped_too_long\"} 0.0",
                        "freshet_groups_total{outcome=\"dropped_malformed\"} 0.0",
                        "freshet_groups_total{outcome=\"returned\"} 1.0",
                        "freshet_groups_in_flight 16.0",
                        "freshet_planned_steps 200.0",
                        "freshet_trained_rollouts_total 64.0",
                        "freshet_nonfinite_steps_in_a_row 1.0",
                        "freshet_max_staleness 2.0",
                        "freshet_log_ratio_clamped_ratio 0.003",
                        "freshet_divergence_weight_capped_ratio 0.004",
                        "freshet_mean_reward 0.625",
                        "freshet_accuracy_ratio 0.609375",
                        "freshet_entropy 0.421",
                        "freshet_loss -0.0123",
                        "freshet_gradient_norm 0.83",
                        "freshet_learning_rate 3.0E-4",
                        "freshet_effective_sample_size_ratio 0.97",
                        "freshet_clip_ratio{side=\"high\"} 0.022",
                        "freshet_clip_ratio{side=\"low\"} 0.011",
                        "freshet_divergence{against=\"reference\",divergence=\"js\",estimator=\"loss\"} 0.0131",
                        "freshet_divergence_active{divergence=\"js\"} 1.0",
                        "freshet_divergence_coefficient 0.02");
    }

    @Test
    void groupsAreWhereTheyAreAtTheScrapeThoughNoStepIsTaken() throws Exception {
        assertThat(scrape()).contains("freshet_groups_in_flight 0.0", "freshet_groups_total{outcome=\"admitted\"} 0.0");
        metrics.watchGroups(() -> new GroupCounts(9, 3, Map.of(DropReason.FAILED, 2L), 0, 4));
        assertThat(scrape())
                .contains(
                        "freshet_groups_in_flight 4.0",
                        "freshet_groups_total{outcome=\"admitted\"} 9.0",
                        "freshet_groups_total{outcome=\"trained\"} 3.0",
                        "freshet_groups_total{outcome=\"failed\"} 2.0",
                        "freshet_groups_total{outcome=\"returned\"} 0.0");
    }

    @Test
    void stepsThatWereNotFiniteAreCountedAsStepsHoweverManyMiniBatchesTheySkipped() throws Exception {
        for (int skipped : List.of(3, 2, 0)) {
            metrics.accept(new StepTrained(Samples.skipping(skipped), Samples.COUNTS, 1, 1, 1));
        }
        assertThat(scrape())
                .contains(
                        "freshet_train_steps_total 3.0",
                        "freshet_nonfinite_steps_total 2.0",
                        "freshet_nonfinite_mini_batches_total 5.0",
                        "freshet_nonfinite_steps_in_a_row 0.0");
    }

    @Test
    void openArraysAreCountedByKindWheneverSomebodyAsks() throws Exception {
        assertThat(scrape())
                .anyMatch(line -> line.startsWith("freshet_ndarrays_open{kind=\"published\"} "))
                .anyMatch(line -> line.startsWith("freshet_ndarrays_open{kind=\"cache\"} "));
    }

    @Test
    void whatEarlierProcessesCountedIsNotCountedAgain() throws Exception {
        metrics.goOnFrom(new GroupCounts(118, 95, Map.of(DropReason.NO_SIGNAL, 6L, DropReason.STALE, 1L), 16, 0));
        metrics.watchGroups(() -> new GroupCounts(130, 99, Samples.COUNTS.dropped(), 16, 8));
        assertThat(scrape())
                .contains(
                        "freshet_groups_total{outcome=\"admitted\"} 12.0",
                        "freshet_groups_total{outcome=\"trained\"} 4.0",
                        "freshet_groups_total{outcome=\"dropped_no_signal\"} 0.0",
                        "freshet_groups_total{outcome=\"returned\"} 0.0",
                        "freshet_groups_in_flight 8.0");
    }

    @Test
    void whatIsInForceIsThereBeforeTheFirstEvent() throws Exception {
        metrics.begin(inForce("alpha:0.3"), 200, 2, List.of("far"));
        assertThat(scrape())
                .contains(
                        "freshet_divergence_active{divergence=\"alpha:0.3\"} 1.0",
                        "freshet_divergence_active{divergence=\"js\"} 0.0",
                        "freshet_divergence_active{divergence=\"none\"} 0.0",
                        "freshet_divergence_coefficient 0.25",
                        "freshet_objective_active{objective=\"grpo\"} 1.0",
                        "freshet_objective_active{objective=\"dpo\"} 0.0",
                        "freshet_setting{key=\"freshet.rlvr.clip-low\"} 0.11",
                        "freshet_evaluations_total{outcome=\"failed\",suite=\"far\"} 0.0",
                        "freshet_stage_restarts_total{stage=\"reference_scorer\"} 0.0",
                        "freshet_planned_steps 200.0",
                        "freshet_staleness_bound 2.0");
    }

    @Test
    void aCoefficientThatIsSetShowsAtOnce() throws Exception {
        metrics.begin(inForce("js"), 200, 2, List.of());
        metrics.accept(new ParameterChanged(
                "freshet.divergence-coefficient", "0.25", "0.1", new PolicyVersion(2), ChangeOrigin.COMMAND));
        assertThat(scrape()).contains("freshet_divergence_coefficient 0.1");
    }

    @Test
    void aSettingThatIsSetShowsAtOnceAndOneOfWordsNotAtAll() throws Exception {
        metrics.begin(inForce("js"), 200, 2, List.of());
        metrics.accept(new ParameterChanged(
                "freshet.rlvr.clip-low", "0.11", "0.3", new PolicyVersion(2), ChangeOrigin.COMMAND));
        metrics.accept(
                new ParameterChanged("freshet.rlvr.dual-clip", "3", "off", new PolicyVersion(2), ChangeOrigin.COMMAND));
        metrics.accept(new ObjectiveSwitched(
                "grpo",
                "gspo",
                List.of(new SettingChange("freshet.rlvr.clip-high", "0.2", "0.4")),
                new PolicyVersion(2),
                ChangeOrigin.COMMAND));
        assertThat(scrape())
                .contains(
                        "freshet_setting{key=\"freshet.rlvr.clip-low\"} 0.3",
                        "freshet_setting{key=\"freshet.rlvr.clip-high\"} 0.4",
                        "freshet_objective_active{objective=\"gspo\"} 1.0",
                        "freshet_objective_active{objective=\"grpo\"} 0.0")
                .noneMatch(line -> line.contains("dual-clip"));
    }

    private static RunParameters inForce(String divergence) {
        Config settings = new SettingsLoader().defaults(List.of());
        return new ConfigSteering(settings, PipelineSettings.from(settings))
                .with(Map.of(
                        "freshet.divergence", divergence,
                        "freshet.divergence-coefficient", "0.25",
                        "freshet.rlvr.clip-low", "0.11"));
    }

    @Test
    void aSwitchMovesTheActiveDivergenceAtOnce() throws Exception {
        metrics.accept(Samples.trained(1));
        metrics.accept(
                new DivergenceSwitched("js", 0.02, "reverse-kl", 0.1, new PolicyVersion(2), ChangeOrigin.COMMAND));
        metrics.accept(new StepTrained(Samples.step(2, "none", Double.NaN), Samples.COUNTS, 1, 1, 1));
        assertThat(scrape())
                .contains(
                        "freshet_divergence_active{divergence=\"js\"} 0.0",
                        "freshet_divergence_active{divergence=\"reverse-kl\"} 0.0",
                        "freshet_divergence_active{divergence=\"none\"} 1.0")
                .noneMatch(line -> line.startsWith("freshet_divergence{"));
    }

    @Test
    void whatHappensBesideTheStepsIsCounted() throws Exception {
        metrics.accept(new CheckpointWritten(new PolicyVersion(10), "checkpoints/step-000010", 1000, 0.0015, 0.3));
        metrics.accept(new CheckpointFailed(new PolicyVersion(11), "disk full"));
        metrics.accept(new CheckpointRefused(new PolicyVersion(9), "damaged"));
        metrics.accept(new RolledBack(
                new PolicyVersion(11), new PolicyVersion(10), new PolicyVersion(12), 10, "checkpoints/step-000010", 5));
        metrics.accept(new PartRestarted("generator", "crashed"));
        metrics.accept(new PartLeftOut("generator", "hangs"));
        metrics.accept(new StateChanged("running", "paused", "as asked"));
        metrics.accept(new EvaluationCompleted(
                "held_out",
                new PolicyVersion(10),
                500,
                8,
                Map.of(1, 0.61, 8, 0.93),
                0.6,
                1.5,
                12,
                Asker.CALLER,
                EvaluationMeasures.NONE));
        assertThat(scrape())
                .contains(
                        "freshet_checkpoint_seconds_count{phase=\"copy\"} 1",
                        "freshet_checkpoint_seconds_sum{phase=\"write\"} 0.3",
                        "freshet_last_checkpoint_timestamp_seconds 1.7E9",
                        "freshet_checkpoint_failures_total 1.0",
                        "freshet_checkpoints_refused_total 1.0",
                        "freshet_rollbacks_total 1.0",
                        "freshet_policy_version 12.0",
                        "freshet_stage_restarts_total{stage=\"generator\"} 1.0",
                        "freshet_stage_left_out_total{stage=\"generator\"} 1.0",
                        "freshet_run_state{state=\"paused\"} 1.0",
                        "freshet_run_state{state=\"running\"} 0.0",
                        "freshet_pass_at_k{k=\"1\",suite=\"held_out\"} 0.61",
                        "freshet_pass_at_k{k=\"8\",suite=\"held_out\"} 0.93",
                        "freshet_eval_score{suite=\"held_out\"} 0.6",
                        "freshet_distinct_correct{suite=\"held_out\"} 1.5",
                        "freshet_checkpoint_size_bytes 1000.0");
    }

    @Test
    void anEvaluationOfASuiteShowsWhatItsAnswersAreLikeAndWhatWasMissedIsCounted() throws Exception {
        metrics.accept(RunEvents.measured("far", 10));
        metrics.accept(
                new EvaluationMissed("far", new PolicyVersion(15), MissedEvaluation.SKIPPED, "one is under way"));
        metrics.accept(new EvaluationMissed("far", new PolicyVersion(20), MissedEvaluation.FAILED, "too late"));
        assertThat(scrape())
                .contains(
                        "freshet_pass_at_k{k=\"8\",suite=\"far\"} 0.5",
                        "freshet_eval_pass_at_1_change{suite=\"far\"} -0.125",
                        "freshet_eval_entropy{suite=\"far\"} 1.5",
                        "freshet_eval_distinct_ngrams_ratio{n=\"2\",suite=\"far\"} 0.5",
                        "freshet_eval_self_bleu_ratio{suite=\"far\"} 0.75",
                        "freshet_eval_divergence{divergence=\"js\",suite=\"far\"} 0.03125",
                        "freshet_eval_policy_version{suite=\"far\"} 10.0",
                        "freshet_eval_duration_seconds{suite=\"far\"} 2.0",
                        "freshet_evaluations_total{outcome=\"completed\",suite=\"far\"} 1.0",
                        "freshet_evaluations_total{outcome=\"skipped\",suite=\"far\"} 1.0",
                        "freshet_evaluations_total{outcome=\"failed\",suite=\"far\"} 1.0");
    }

    @Test
    void namesKeepPrometheusRules() throws Exception {
        metrics.accept(new RunStarted("sample", "1.2.3", 7, 200, 2, -1));
        metrics.accept(Samples.trained(12));
        List<String> lines = scrape();
        Map<String, String> types = described(lines, "TYPE");
        Map<String, String> helps = described(lines, "HELP");
        assertThat(types).isNotEmpty().allSatisfy((name, type) -> {
            assertThat(name.endsWith("_total")).as("%s is a %s", name, type).isEqualTo(type.equals("counter"));
            assertThat(name).doesNotContain("milli", "minutes", "_ms", "kilo", "mega");
        });
        assertThat(helps)
                .containsOnlyKeys(types.keySet())
                .allSatisfy((name, help) -> assertThat(help).isNotBlank());
    }

    @Test
    void theVirtualMachineIsMeasuredToo() throws Exception {
        assertThat(scrape()).anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"));
    }

    @Test
    void speaksOpenMetricsToWhoAsksForIt() throws Exception {
        HttpResponse<String> plain = get("/metrics", "*/*");
        HttpResponse<String> openMetrics = get("/metrics", "application/openmetrics-text; version=1.0.0");
        assertThat(plain.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(openMetrics.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(openMetrics.body()).endsWith("# EOF\n");
    }

    @Test
    void thereIsNothingElseToGet() throws Exception {
        for (String path : List.of("/", "/metricsandmore", "/metrics/", "/-/healthy", "/favicon.ico")) {
            assertThat(get(path, "*/*").statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void aTakenPortIsOneLineWithARemedy() {
        int taken = server.address().getPort();
        assertThatThrownBy(() -> MetricsServer.start(address(taken), registry))
                .isInstanceOf(BindException.class)
                .hasMessage(
                        "cannot listen on 127.0.0.1:" + taken + ": Address already in use; stop what listens there, or"
                                + " choose another port, 0 for any free one (freshet.metrics.port)");
    }

    /** What the lines {@code # keyword name text} say, by name, of our own metrics. */
    private static Map<String, String> described(List<String> lines, String keyword) {
        Pattern pattern = Pattern.compile("# " + keyword + " (freshet_\\S+) (.*)");
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(matcher -> matcher.group(1), matcher -> matcher.group(2)));
    }

    private List<String> scrape() throws Exception {
        return get("/metrics", "*/*").body().lines().toList();
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", accept)
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private static Listening address(int port) {
        return new Listening(
                new ListenAddress(MetricsServer.KEY, "127.0.0.1", port), Optional.empty(), Optional.empty());
    }
}
