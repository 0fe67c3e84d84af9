package dev.freshet.ops.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What the newest evaluation of each suite says, a row a suite. */
final class EvaluationSection {
    private EvaluationSection() {}

    static String html(JournalFacts journal) {
        List<SuiteFacts> suites = SuiteFacts.of(journal);
        if (suites.isEmpty()) {
            return "<p class=\"none\">Nothing has been measured yet.</p>";
        }
        return suites.stream()
                .map(EvaluationSection::row)
                .collect(Collectors.joining("", """
                        <div class="wide"><table>
                        <thead><tr><th>suite</th><th class="number">version</th><th class="number">pass@1, first</th>\
                        <th class="number">pass@1</th><th class="number">largest k</th><th class="number">pass@k</th>\
                        <th class="number">mean reward</th><th class="number">distinct correct</th>\
                        <th class="number">entropy</th><th class="number">distinct-2</th><th class="number">Self-BLEU</th>\
                        <th class="number">not verified</th></tr></thead>
                        <tbody>
                        """, "</tbody></table></div>"));
    }

    private static String row(SuiteFacts suite) {
        JsonNode newest = suite.newest();
        JsonNode passes = newest.path("pass_at_k");
        int largest = StreamSupport.stream(((Iterable<String>) passes::fieldNames).spliterator(), false)
                .mapToInt(Integer::parseInt)
                .max()
                .orElse(0);
        return "<tr><td>" + Html.text(suite.name()) + "</td>"
                + cell("v" + newest.path("version").asText())
                + cell(Figures.share(number(suite.first(), "/pass_at_k/1")))
                + cell(Figures.share(number(newest, "/pass_at_k/1")))
                + cell(Integer.toString(largest))
                + cell(Figures.share(number(newest, "/pass_at_k/" + largest)))
                + cell(Figures.share(number(newest, "/mean_reward")))
                + cell(Figures.number(number(newest, "/distinct_correct")))
                + cell(Figures.number(number(newest, "/measures/entropy")))
                + cell(Figures.share(number(newest, "/measures/distinct_ngrams/2")))
                + cell(Figures.share(number(newest, "/measures/self_bleu")))
                + cell(Integer.toString(unverified(newest)))
                + "</tr>\n";
    }

    private static int unverified(JsonNode evaluation) {
        int sum = 0;
        for (JsonNode answers : evaluation.at("/measures/unverified")) {
            sum += answers.asInt();
        }
        return sum;
    }

    private static double number(JsonNode evaluation, String pointer) {
        return evaluation.at(pointer).asDouble(Double.NaN);
    }

    private static String cell(String value) {
        return "<td class=\"number\">" + Html.text(value) + "</td>";
    }
}
