package dev.freshet.ops.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.freshet.ops.run.AtomicFile;
import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code report.html}: one page about a run that needs nothing but itself. Made from the run's other files alone, so that it can
 * be made again at any time, also of a run that still goes on or was killed.
 */
public final class RunReport {
    private static final int FIRST_ROLLOUTS = 4;
    private static final int LAST_ROLLOUTS = 8;

    private RunReport() {}

    /** Makes the page, or makes it anew. */
    public static Path write(RunFiles files) throws IOException {
        AtomicFile.replace(files.report(), page(files));
        return files.report();
    }

    private static String page(RunFiles files) throws IOException {
        JsonNode summary = summary(files.summary());
        JournalFacts journal = JournalFacts.read(files.events());
        MetricsTable metrics = MetricsTable.read(files.metrics(), PlotSection.COLUMNS);
        List<RolloutSample> rollouts = RolloutSample.of(files.rollouts(), FIRST_ROLLOUTS, LAST_ROLLOUTS);
        String config = Files.exists(files.config()) ? Files.readString(files.config()) : "";
        String name = Html.text(
                files.root().toAbsolutePath().normalize().getFileName().toString());
        return """
                <!DOCTYPE html>
                <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
                <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>%s \u00b7 Freshet</title>
                <style>
                %s</style>
                </head>
                <body>
                <header>
                <h1>%s</h1>
                <p>%s</p>
                </header>
                <main>
                %s
                <section><h2>Progress</h2>
                <p class="lead">Over the policy version. Faint lines are single steps, strong ones their moving mean; \
                dotted verticals are switches of divergence.</p>
                %s
                </section>
                %s<section><h2>Evaluations</h2>
                <p class="lead">The newest of each suite of held-out prompts. Figures are means over prompts.</p>
                %s
                </section>
                <section><h2>Groups</h2>
                <p class="lead">Every admitted group ends exactly once: admitted = trained + dropped + returned + in flight.</p>
                %s
                </section>
                <section><h2>Rollouts</h2>
                <p class="lead">The first that were kept, and the newest.</p>
                %s
                </section>
                <section><h2>What happened</h2>
                %s
                </section>
                <section><h2>Settings</h2>
                <details><summary>As used, resolved</summary><pre>%s</pre></details>
                </section>
                </main>
                </body>
                </html>
                """.formatted(
                        name,
                        style(),
                        name,
                        Html.text(subtitle(journal)),
                        HeadlineSection.tiles(summary, journal),
                        PlotSection.html(metrics, journal),
                        FidelitySection.html(journal, files),
                        EvaluationSection.html(journal),
                        HeadlineSection.groups(summary),
                        TableSection.rollouts(rollouts),
                        TableSection.events(journal.notable()),
                        Html.text(config));
    }

    private static String subtitle(JournalFacts journal) {
        JsonNode started = journal.started();
        if (started.isMissingNode()) {
            return "A Freshet run that has not started";
        }
        JsonNode finished = journal.finished();
        String state = finished.isMissingNode()
                ? "not finished when this page was made"
                : "finished: " + finished.path("outcome").asText();
        return "Freshet " + started.path("freshet_version").asText() + " \u00b7 seed "
                + started.path("seed").asText() + " \u00b7 " + state;
    }

    /** A missing node if there is no summary, or none that can be read. */
    private static JsonNode summary(Path file) throws IOException {
        if (!Files.exists(file)) {
            return MissingNode.getInstance();
        }
        try {
            return new JsonMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException unreadable) {
            return MissingNode.getInstance();
        }
    }

    private static String style() throws IOException {
        try (InputStream css = RunReport.class.getResourceAsStream("report.css")) {
            if (css == null) {
                throw new IOException("report.css is missing from the program's resources: build it again");
            }
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
