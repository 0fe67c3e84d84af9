package dev.freshet.ops.metrics;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.Repository;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} lists what is registered, word for word. */
class MetricsDocumentTest {
    private static final String HEAD = "| metric | type | labels | unit | meaning |\n|---|---|---|---|---|\n";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final List<MetricDefinition> definitions =
            new PipelineMetrics(registry, "1.2.3", "abc", InstantSource.system()).definitions();

    @Test
    void theTableIsWhatIsRegistered() {
        String document = Repository.read(Repository.ROOT.resolve("docs/metrics.md"));
        String expected =
                HEAD + definitions.stream().map(MetricsDocumentTest::row).collect(joining());
        assertThat(document.substring(document.indexOf(HEAD)))
                .as("the table has to be\n%s", expected)
                .isEqualTo(expected);
    }

    @Test
    void nothingIsRegisteredWithoutADefinition() {
        assertThat(registry.scrape().stream()
                        .map(MetricsDocumentTest::name)
                        .filter(name -> name.startsWith("freshet_")))
                .containsExactlyInAnyOrderElementsOf(definitions.stream()
                        .map(MetricDefinition::name)
                        .map(name -> name.replaceAll("_total$|_info$", ""))
                        .toList());
    }

    private static String name(MetricSnapshot snapshot) {
        return snapshot.getMetadata().getPrometheusName();
    }

    private static String row(MetricDefinition metric) {
        return String.format(
                "| `%s` | %s | %s | %s | %s |%n",
                metric.name(),
                metric.kind().name().toLowerCase(Locale.ROOT),
                metric.labels().stream().map(label -> "`" + label + "`").collect(joining(", ")),
                metric.unit(),
                metric.help());
    }
}
