package dev.freshet.ops.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** How near a distilled student's samples are to the data: a row an evaluation, and the newest picture, within the page itself. */
final class FidelitySection {
    private FidelitySection() {}

    /** Nothing for a run that distils nothing. */
    static String html(JournalFacts journal, RunFiles files) throws IOException {
        List<JsonNode> measured = journal.fidelity();
        if (measured.isEmpty()) {
            return "";
        }
        JsonNode newest = measured.get(measured.size() - 1);
        List<String> names = newest.path("measures").properties().stream()
                .map(measure -> measure.getKey())
                .toList();
        String head = names.stream()
                .map(name -> "<th class=\"number\">" + Html.text(name.replace('_', ' ')) + "</th>")
                .collect(Collectors.joining());
        String rows = measured.stream().map(event -> row(event, names)).collect(Collectors.joining());
        return """
                <section><h2>Samples</h2>
                <p class="lead">How near the student's samples are to the data, and some of both: the data on the left.</p>
                <div class="wide"><table>
                <thead><tr><th class="number">version</th>%s<th class="number">samples</th></tr></thead>
                <tbody>
                %s</tbody></table></div>
                %s
                </section>
                """.formatted(
                head, rows, picture(files.root().resolve(newest.path("picture").asText())));
    }

    private static String row(JsonNode event, List<String> names) {
        String cells = names.stream()
                .map(name ->
                        cell(Figures.share(event.path("measures").path(name).asDouble(Double.NaN))))
                .collect(Collectors.joining());
        return "<tr>" + cell("v" + event.path("version").asText()) + cells
                + cell(Figures.number(event.path("samples").asDouble())) + "</tr>\n";
    }

    private static String picture(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return "<p class=\"none\">The newest picture is not there any more.</p>";
        }
        String bytes = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        return "<p><img alt=\"examples of the data, and samples of the student\" src=\"data:image/png;base64," + bytes
                + "\"/></p>";
    }

    private static String cell(String value) {
        return "<td class=\"number\">" + Html.text(value) + "</td>";
    }
}
