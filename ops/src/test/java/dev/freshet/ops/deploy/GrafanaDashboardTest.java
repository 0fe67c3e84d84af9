package dev.freshet.ops.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.Repository;
import dev.freshet.ops.metrics.PipelineMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrafanaDashboardTest {
    private final List<String> queries = new ArrayList<>();
    private JsonNode dashboard;

    @BeforeEach
    void read() throws IOException {
        dashboard = new JsonMapper()
                .readTree(Repository.ROOT
                        .resolve("ops/deploy/grafana/freshet.json")
                        .toFile());
        dashboard.findValues("expr").forEach(query -> queries.add(query.asText()));
        dashboard.findValues("definition").forEach(query -> queries.add(query.asText()));
    }

    @Test
    void everyQueryAsksForSeriesThatExist() {
        MetricNames names = new MetricNames();
        assertThat(queries).hasSizeGreaterThan(50).allSatisfy(query -> {
            assertThat(MetricNames.in(query)).isNotEmpty().isSubsetOf(names.all());
            assertThat(names.unknownLabels(query)).isEmpty();
        });
    }

    /** A metric that nobody looks at is either superfluous or forgotten. */
    @Test
    void everyMetricIsOnIt() {
        String all = String.join("\n", queries);
        assertThat(new PipelineMetrics(new PrometheusRegistry(), "1.2.3", "abc", InstantSource.system()).definitions())
                .allSatisfy(metric -> assertThat(all).contains(metric.name()));
    }

    @Test
    void whereItsDataComesFromIsChosenByWhoLooksAtIt() {
        assertThat(dashboard.findValues("datasource"))
                .filteredOn(JsonNode::isObject)
                .isNotEmpty()
                .allSatisfy(source -> assertThat(source.path("uid").asText()).isEqualTo("${datasource}"));
    }

    @Test
    void panelsDoNotLieOnEachOther() {
        List<JsonNode> panels = new ArrayList<>();
        dashboard.path("panels").forEach(panels::add);
        for (int i = 0; i < panels.size(); i++) {
            for (int j = i + 1; j < panels.size(); j++) {
                assertThat(overlap(panels.get(i).path("gridPos"), panels.get(j).path("gridPos")))
                        .as(
                                "%s and %s overlap",
                                panels.get(i).path("title"), panels.get(j).path("title"))
                        .isFalse();
            }
        }
    }

    private static boolean overlap(JsonNode a, JsonNode b) {
        return edge(a, "x") < edge(b, "x") + edge(b, "w")
                && edge(b, "x") < edge(a, "x") + edge(a, "w")
                && edge(a, "y") < edge(b, "y") + edge(b, "h")
                && edge(b, "y") < edge(a, "y") + edge(a, "h");
    }

    private static int edge(JsonNode position, String axis) {
        return position.path(axis).asInt();
    }
}
