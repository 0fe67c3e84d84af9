package dev.freshet.ops.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of a report: sampled rollouts, and what happened. */
final class TableSection {
    private static final int LONGEST_TEXT = 600;
    private static final int MOST_EVENTS = 60;
    private static final Set<String> TOLD_APART = Set.of("sequence", "time", "attempt", "type");

    private TableSection() {}

    static String rollouts(List<RolloutSample> samples) {
        if (samples.isEmpty()) {
            return "<p class=\"none\">No rollout has been sampled yet.</p>";
        }
        return samples.stream()
                .map(TableSection::rolloutRow)
                .collect(Collectors.joining("", """
                        <div class="wide"><table>
                        <thead><tr><th class="number">step</th><th class="number">reward</th><th>prompt</th>\
                        <th>completion</th><th class="number">sampled by</th></tr></thead>
                        <tbody>
                        """, "</tbody></table></div>"));
    }

    static String events(List<JsonNode> events) {
        if (events.isEmpty()) {
            return "<p class=\"none\">Nothing yet.</p>";
        }
        int left = Math.max(0, events.size() - MOST_EVENTS);
        String note = left == 0 ? "" : "<p class=\"none\">" + left + " earlier ones are in the journal.</p>\n";
        return events.stream()
                .skip(left)
                .map(TableSection::eventRow)
                .collect(Collectors.joining("", note + """
                                <div class="wide"><table>
                                <thead><tr><th>time (UTC)</th><th>what</th><th>details</th></tr></thead>
                                <tbody>
                                """, "</tbody></table></div>"));
    }

    private static String rolloutRow(RolloutSample sample) {
        String versions = sample.oldestVersion() == sample.newestVersion()
                ? "v" + sample.oldestVersion()
                : "v" + sample.oldestVersion() + "\u2013v" + sample.newestVersion();
        return """
                <tr><td class="number">%d</td><td class="number %s">%s</td><td class="text">%s</td><td class="text">%s</td>\
                <td class="number">%s</td></tr>
                """.formatted(
                        sample.version(),
                        sample.reward() > 0 ? "good" : "poor",
                        Figures.number(sample.reward()),
                        shortened(sample.prompt()),
                        shortened(sample.completion()),
                        versions);
    }

    private static String eventRow(JsonNode event) {
        String time = event.path("time").asText().replace('T', ' ').replaceFirst("(\\.\\d+)?Z$", "");
        String details = event.properties().stream()
                .filter(field ->
                        !TOLD_APART.contains(field.getKey()) && field.getValue().isValueNode())
                .map(TableSection::detail)
                .collect(Collectors.joining(" \u00b7 "));
        return "<tr><td class=\"time\">" + Html.text(time) + "</td><td>"
                + Html.text(inWords(event.path("type").asText())) + "</td><td>" + details + "</td></tr>\n";
    }

    private static String detail(Entry<String, JsonNode> field) {
        return "<span class=\"key\">" + Html.text(field.getKey().replace('_', ' ')) + "</span> "
                + Html.text(field.getValue().asText());
    }

    /** {@code DivergenceSwitched} as "Divergence switched". */
    private static String inWords(String type) {
        String spaced = type.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return spaced.isEmpty() ? "" : Character.toUpperCase(spaced.charAt(0)) + spaced.substring(1);
    }

    private static String shortened(String text) {
        if (text.length() <= LONGEST_TEXT) {
            return Html.text(text);
        }
        return Html.text(text.substring(0, LONGEST_TEXT)) + "<span class=\"key\"> \u2026 "
                + (text.length() - LONGEST_TEXT) + " more characters</span>";
    }
}
