package dev.freshet.ops.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What the newest evaluation of each suite says: a row for each measure, a column for each suite. */
final class EvaluationSection {
    private EvaluationSection() {}

    static String html(JournalFacts journal) {
        List<SuiteFacts> suites = SuiteFacts.of(journal);
        if (suites.isEmpty()) {
            return "<p class=\"none\">Nothing has been measured yet.</p>";
        }
        String heads = suites.stream()
                .map(suite -> "<th class=\"number\">" + Html.text(suite.name()) + "</th>")
                .collect(Collectors.joining());
        return "<div class=\"wide\"><table>\n<thead><tr><th>measure</th>" + heads + "</tr></thead>\n<tbody>\n"
                + String.join("", rows(suites)) + "</tbody></table></div>";
    }

    private static List<String> rows(List<SuiteFacts> suites) {
        List<String> rows = new ArrayList<>();
        rows.add(row(
                "version", suites, suite -> "v" + suite.newest().path("version").asText()));
        rows.add(row("pass@1, first", suites, suite -> Figures.share(number(suite.first(), "/pass_at_k/1"))));
        for (String k : keys(suites, "/pass_at_k")) {
            rows.add(row("pass@" + k, suites, "/pass_at_k/" + k, Figures::share));
        }
        rows.add(row("change of pass@1", suites, "/measures/change_since_start", Figures::number));
        rows.add(row("mean reward", suites, "/mean_reward", Figures::share));
        rows.add(row("distinct correct", suites, "/distinct_correct", Figures::number));
        rows.add(row("entropy", suites, "/measures/entropy", Figures::number));
        for (String n : keys(suites, "/measures/distinct_ngrams")) {
            rows.add(row("distinct-" + n, suites, "/measures/distinct_ngrams/" + n, Figures::share));
        }
        rows.add(row("Self-BLEU", suites, "/measures/self_bleu", Figures::share));
        for (String spec : keys(suites, "/measures/divergences")) {
            rows.add(row(spec + " from the reference", suites, "/measures/divergences/" + spec, Figures::number));
        }
        rows.add(row("not verified", suites, suite -> Integer.toString(unverified(suite.newest()))));
        return rows;
    }

    /** Of what any suite has, each once. */
    private static List<String> keys(List<SuiteFacts> suites, String pointer) {
        return suites.stream()
                .map(suite -> suite.newest().at(pointer))
                .flatMap(node -> StreamSupport.stream(((Iterable<String>) node::fieldNames).spliterator(), false))
                .distinct()
                .toList();
    }

    private static String row(String measure, List<SuiteFacts> suites, String pointer, DoubleFunction<String> inWords) {
        return row(measure, suites, suite -> inWords.apply(number(suite.newest(), pointer)));
    }

    private static String row(String measure, List<SuiteFacts> suites, Function<SuiteFacts, String> value) {
        String cells = suites.stream()
                .map(suite -> "<td class=\"number\">" + Html.text(value.apply(suite)) + "</td>")
                .collect(Collectors.joining());
        return "<tr><td>" + Html.text(measure) + "</td>" + cells + "</tr>\n";
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
}
