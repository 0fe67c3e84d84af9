package dev.freshet.ops.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.Repository;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The scrape configuration and the alert rules, by the judgement of Prometheus's own tool. */
class PrometheusFilesTest {
    private static final Path FOLDER = Repository.ROOT.resolve("ops/deploy/prometheus");
    private static final Path RULES = FOLDER.resolve("freshet-alerts.yml");
    private static final Path RULES_TEST = FOLDER.resolve("freshet-alerts-test.yml");
    private static final Pattern ALERT = Pattern.compile("(?m)^ {6}- alert: (\\w+)$");

    /** A row of the operating guide's table of alerts. */
    private static final Pattern GUIDED = Pattern.compile("(?m)^\\| (Freshet\\w+) \\|");

    /** Of one alert, up to its labels. */
    private static final Pattern EXPRESSION = Pattern.compile("(?s)\\bexpr: (.*?)\\n {8}(?:for|labels): ");

    @Test
    void theConfigurationAndTheRulesAreValid() throws Exception {
        Tool promtool = Tool.require("promtool");
        assertThat(promtool.run(
                        "check", "config", FOLDER.resolve("prometheus.yml").toString()))
                .contains("SUCCESS")
                .doesNotContain("WARN");
        assertThat(promtool.run("check", "rules", RULES.toString()))
                .contains("SUCCESS: " + alerts().size() + " rules found");
    }

    @Test
    void eachAlertFiresWhenItShouldAndOnlyThen() throws Exception {
        assertThat(Tool.require("promtool").run("test", "rules", RULES_TEST.toString()))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    @Test
    void noAlertIsWithoutACaseOfEachKind() {
        String cases = Repository.read(RULES_TEST);
        assertThat(alerts())
                .isNotEmpty()
                .allSatisfy(alert -> assertThat(cases)
                        .contains("  - name: " + alert + " fires ", "  - name: " + alert + " keeps quiet ")
                        .contains("        alertname: " + alert + "\n        exp_alerts: []")
                        .contains("        alertname: " + alert + "\n        exp_alerts:\n"));
    }

    @Test
    void alertsAskForSeriesThatExist() {
        MetricNames names = new MetricNames();
        List<String> expressions = results(EXPRESSION);
        assertThat(expressions).hasSameSizeAs(alerts()).allSatisfy(expression -> {
            assertThat(MetricNames.in(expression)).isNotEmpty().isSubsetOf(names.all());
            assertThat(names.unknownLabels(expression)).isEmpty();
        });
    }

    @Test
    void theOperatorIsToldWhatToDoAboutEachAlertAndNoOther() {
        String guide = Repository.read(Repository.ROOT.resolve("docs/operating.md"));
        assertThat(GUIDED.matcher(guide).results().map(match -> match.group(1))).containsExactlyElementsOf(alerts());
    }

    private static List<String> alerts() {
        return results(ALERT);
    }

    private static List<String> results(Pattern pattern) {
        return pattern.matcher(Repository.read(RULES))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
