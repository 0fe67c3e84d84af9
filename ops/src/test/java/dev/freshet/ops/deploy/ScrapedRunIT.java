package dev.freshet.ops.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.ops.Repository;
import dev.freshet.ops.bench.TrainProcess;
import dev.freshet.ops.bench.TrainProcess.Launch;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.metrics.MetricDefinition;
import dev.freshet.ops.metrics.PipelineMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that trains, and the Prometheus server that scrapes it by the configuration that is shipped. */
class ScrapedRunIT {
    private static final Path SHIPPED = Repository.ROOT.resolve("ops/deploy/prometheus");
    private static final Duration DEADLINE = Duration.ofSeconds(100);

    /** Nothing of the kind happens in this run. */
    private static final Set<String> NOT_HERE = Set.of(
            "freshet_objective_measure",
            "freshet_fidelity",
            "freshet_files_deleted_total",
            "freshet_files_deleted_bytes_total");

    @TempDir
    Path directory;

    @Test
    @Timeout(200)
    void prometheusFindsEveryMetricOfARunThatTrains() throws Exception {
        Tool prometheus = Tool.require("prometheus");
        Tool promtool = Tool.require("promtool");
        try (TrainProcess training = TrainProcess.start(smallRun())) {
            URI metrics = training.metrics(DEADLINE);
            try (PrometheusServer server = PrometheusServer.start(prometheus, configuration(metrics), directory);
                    ControlClient control = new ControlClient(training.control(DEADLINE))) {
                control.status();
                server.await("a scrape that succeeds", () -> isOne(server.query("up{job=\"freshet\"}")));
                server.await(
                        "monitored steps",
                        () -> server.query("freshet_divergence{estimator=\"monitor\"}")
                                        .size()
                                == 2 * 11);

                assertThat(isOne(server.query("freshet_run_state{state=\"running\"}")))
                        .isTrue();
                assertThat(names(server)).containsAll(expected());
                assertThat(server.query("freshet_stage_busy_seconds_total{stage=\"learn\"} > 0"))
                        .hasSize(1);
                assertThat(server.query("freshet_control_commands_total{command=\"get_status\",result=\"ok\"}"))
                        .hasSize(1);
                server.await("rules that have been evaluated", () -> isHealthy(server.rules()));
            }
            assertThat(promtool.runOn(get(metrics), "check", "metrics")).isEmpty();
        }
    }

    private Launch smallRun() {
        return Launch.fresh(
                directory.resolve("run"),
                directory.resolve("train.txt"),
                "freshet.warm-up.steps=60",
                "freshet.warm-up.threads=1",
                "freshet.train.steps=100000",
                "freshet.train.batch-groups=8",
                "freshet.generation.group-size=4",
                "freshet.generation.slots=64",
                "freshet.evaluation.prompts=16",
                "freshet.evaluation.samples=8",
                "freshet.monitors.interval=2");
    }

    /** The shipped one, with the run's port and without the wait of fifteen seconds. */
    private Path configuration(URI metrics) throws IOException {
        String shipped = Files.readString(SHIPPED.resolve("prometheus.yml"));
        assertThat(shipped).contains("127.0.0.1:9464", "_interval: 15s", "scrape_timeout: 5s");
        Path configuration = directory.resolve("prometheus.yml");
        Files.writeString(
                configuration,
                shipped.replace("127.0.0.1:9464", metrics.getAuthority())
                        .replace("_interval: 15s", "_interval: 1s")
                        .replace("scrape_timeout: 5s", "scrape_timeout: 1s"));
        Files.copy(SHIPPED.resolve("freshet-alerts.yml"), directory.resolve("freshet-alerts.yml"));
        return configuration;
    }

    private static Set<String> names(PrometheusServer server) throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        server.query("{__name__=~\"(freshet|jvm|process)_.+\"}")
                .forEach(series ->
                        names.add(series.path("metric").path("__name__").asText()));
        return names;
    }

    /** A series of each metric that is defined, but for those of what does not happen. */
    private static List<String> expected() {
        List<String> expected = new ArrayList<>(List.of("process_resident_memory_bytes", "jvm_memory_used_bytes"));
        new PipelineMetrics(new PrometheusRegistry(), "", "", InstantSource.system())
                .definitions().stream()
                        .filter(metric -> !NOT_HERE.contains(metric.name()))
                        .map(metric -> metric.kind() == MetricDefinition.Kind.HISTOGRAM
                                ? metric.name() + "_count"
                                : metric.name())
                        .forEach(expected::add);
        return expected;
    }

    private static boolean isOne(JsonNode result) {
        return result.size() == 1
                && result.path(0).path("value").path(1).asText().equals("1");
    }

    private static boolean isHealthy(JsonNode groups) {
        List<JsonNode> rules = new ArrayList<>();
        groups.path(0).path("rules").forEach(rules::add);
        return !rules.isEmpty()
                && rules.stream().allMatch(rule -> rule.path("health").asText().equals("ok"));
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).timeout(DEADLINE).build(), BodyHandlers.ofString())
                .body();
    }
}
