package dev.freshet.ops.deploy;

import dev.freshet.ops.metrics.MetricDefinition;
import dev.freshet.ops.metrics.MetricDefinition.Kind;
import dev.freshet.ops.metrics.PipelineMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The series that exist, and those that a query asks for. */
final class MetricNames {
    private static final Pattern SERIES = Pattern.compile("\\b(?:freshet|process|jvm)_[a-z0-9_]+|\\bup\\b");

    /** {@code {label="value", ...}} right behind a name. */
    private static final Pattern SELECTOR = Pattern.compile("(freshet_[a-z0-9_]+)\\{([^}]*)}");

    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");

    /** Labels that Prometheus adds to every series, and the one of buckets. */
    private static final Set<String> EVERYWHERE = Set.of("job", "instance", "le");

    private final Set<String> series = new TreeSet<>(Set.of("up"));
    private final PipelineMetrics metrics;

    MetricNames() {
        PrometheusRegistry registry = new PrometheusRegistry();
        metrics = new PipelineMetrics(registry, "1.2.3", "abc", InstantSource.system());
        metrics.definitions().forEach(metric -> series.addAll(series(metric)));
        registry.scrape().stream().forEach(snapshot -> series.addAll(series(snapshot)));
    }

    Set<String> all() {
        return Set.copyOf(series);
    }

    static Set<String> in(String query) {
        return SERIES.matcher(query).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    /** Names and labels of a query that go together nowhere, as {@code name{label}}. */
    Set<String> unknownLabels(String query) {
        Set<String> unknown = new TreeSet<>();
        SELECTOR.matcher(query)
                .results()
                .forEach(selector -> MATCHER.matcher(selector.group(2))
                        .results()
                        .map(matcher -> matcher.group(1))
                        .filter(label -> !EVERYWHERE.contains(label)
                                && !labels(selector.group(1)).contains(label))
                        .forEach(label -> unknown.add(selector.group(1) + "{" + label + "}")));
        return unknown;
    }

    private Set<String> labels(String name) {
        return metrics.definitions().stream()
                .filter(metric -> series(metric).contains(name))
                .flatMap(metric -> metric.labels().stream())
                .collect(Collectors.toSet());
    }

    private static Set<String> series(MetricDefinition metric) {
        return metric.kind() == Kind.HISTOGRAM
                ? Set.of(metric.name() + "_bucket", metric.name() + "_sum", metric.name() + "_count")
                : Set.of(metric.name());
    }

    private static Set<String> series(MetricSnapshot snapshot) {
        String name = snapshot.getMetadata().getPrometheusName();
        if (name.startsWith("freshet_")) {
            return Set.of();
        }
        if (snapshot instanceof CounterSnapshot) {
            return Set.of(name + "_total");
        }
        return snapshot instanceof SummarySnapshot
                ? Stream.of("_sum", "_count").map(name::concat).collect(Collectors.toSet())
                : Set.of(name);
    }
}
