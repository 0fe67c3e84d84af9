package dev.freshet.ops.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The numbers at the top of a report, and where the groups went; both from {@code summary.json}, so that they agree with it. */
final class HeadlineSection {
    private HeadlineSection() {}

    static String tiles(JsonNode summary, JournalFacts journal) {
        String bound = Figures.number(number(summary, "staleness_bound"));
        String totalSteps = Figures.number(number(journal.started(), "total_steps"));
        int attempts = journal.attempts();
        List<String> tiles = List.of(
                tile("Held-out pass@1", change(summary, 1), "before \u2192 after; pass@8 " + change(summary, 8)),
                tile("Steps", Figures.number(number(summary, "steps")), "of " + totalSteps),
                tile(
                        "Wall time",
                        Figures.duration(journal.wallTime()),
                        attempts == 1 ? "in one go" : "in " + attempts + " attempts"),
                tile(
                        "Rollouts per second",
                        Figures.number(number(summary, "rollouts_per_second")),
                        Figures.number(number(summary, "generated_tokens_per_second"))
                                + " generated tokens per second"),
                tile("Largest staleness", Figures.number(number(summary, "max_staleness")), "bound " + bound),
                tile("Divergence", summary.path("divergence").asText(Figures.UNKNOWN), switches(journal)));
        return "<div class=\"tiles\">\n" + String.join("", tiles) + "</div>";
    }

    static String groups(JsonNode summary) {
        JsonNode groups = summary.path("groups");
        if (groups.isMissingNode()) {
            return "<p class=\"none\">No group has been admitted yet.</p>";
        }
        List<String> cells = new ArrayList<>();
        cells.add(cell("admitted", groups.path("admitted")));
        cells.add(cell("trained", groups.path("trained")));
        groups.path("dropped")
                .properties()
                .forEach(reason -> cells.add(cell("dropped: " + reason.getKey().replace('_', ' '), reason.getValue())));
        cells.add(cell("returned", groups.path("returned")));
        cells.add(cell("in flight", groups.path("in_flight")));
        return cells.stream().collect(Collectors.joining("", "<dl class=\"groups\">\n", "</dl>"));
    }

    private static String change(JsonNode summary, int k) {
        return Figures.share(number(summary, "pass_at_" + k + "_before")) + " \u2192 "
                + Figures.share(number(summary, "pass_at_" + k + "_after"));
    }

    private static String switches(JournalFacts journal) {
        int switches = journal.switches().size();
        if (switches == 0) {
            return "in force throughout";
        }
        return "since version "
                + journal.switches().get(switches - 1).path("first_version").asText()
                + (switches == 1 ? "" : ", after " + switches + " switches");
    }

    private static double number(JsonNode node, String field) {
        return node.path(field).asDouble(Double.NaN);
    }

    private static String tile(String label, String value, String note) {
        return """
                <div class="tile"><div class="label">%s</div><div class="value">%s</div><div class="note">%s</div></div>
                """.formatted(Html.text(label), Html.text(value), Html.text(note));
    }

    private static String cell(String label, JsonNode count) {
        return "<div><dt>" + Html.text(label) + "</dt><dd>" + Figures.number(count.asDouble()) + "</dd></div>\n";
    }
}
