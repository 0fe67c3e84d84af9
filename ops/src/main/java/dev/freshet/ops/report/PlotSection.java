package dev.freshet.ops.report;

import dev.freshet.model.task.Task;
import dev.freshet.ops.report.Plot.Line;
import dev.freshet.ops.report.Plot.LineStyle;
import java.io.IOException;
import java.util.Base64;
import java.util.List;

/** The plots of a report. */
final class PlotSection {
    /** What the plots need of {@code metrics.csv}. */
    static final List<String> COLUMNS = List.of(
            "mean_reward",
            "loss",
            "divergence_value",
            "entropy",
            "max_staleness",
            "mean_staleness",
            "rollouts_per_second",
            "gradient_norm");

    private PlotSection() {}

    static String html(MetricsTable metrics, JournalFacts journal) throws IOException {
        List<Plot> plots =
                plots(metrics, journal).stream().filter(plot -> !plot.isEmpty()).toList();
        if (plots.isEmpty()) {
            return "<p class=\"none\">No step has been trained yet.</p>";
        }
        try {
            StringBuilder figures = new StringBuilder("<div class=\"plots\">\n");
            for (Plot plot : plots) {
                figures.append(figure(plot));
            }
            return figures.append("</div>").toString();
        } catch (RuntimeException | LinkageError | InternalError cannotDraw) {
            // A JDK without fonts fails in any of these ways, at the first letter that it is to draw.
            return """
                    <p class="none">The plots could not be drawn: %s. Drawing needs a JDK with its desktop module and one \
                    font; where they are missing, install fontconfig and a font, and make this report again.</p>""".formatted(Html.text(cannotDraw.toString()));
        }
    }

    static List<Plot> plots(MetricsTable metrics, JournalFacts journal) {
        List<Double> switches = journal.switches().stream()
                .map(switched -> switched.path("first_version").asDouble())
                .toList();
        Curve staleness = metrics.curve("max_staleness");
        SuiteFacts heldOut = SuiteFacts.of(journal, Task.HELD_OUT);
        double bound = journal.started().path("staleness_bound").asDouble(Double.NaN);
        return List.of(
                new Plot(
                        "Reward, and pass@k held out",
                        List.of(
                                noisy("reward", metrics.curve("mean_reward")),
                                new Line("pass@1", heldOut.passAt(1), LineStyle.MARKED),
                                new Line("pass@8", heldOut.passAt(8), LineStyle.MARKED)),
                        switches),
                new Plot("pass@1 by suite", bySuite(journal), switches),
                new Plot("Loss", List.of(noisy("loss", metrics.curve("loss"))), switches),
                new Plot(
                        "Divergence from the reference, nats per token",
                        List.of(noisy("divergence", metrics.curve("divergence_value"))),
                        switches),
                new Plot(
                        "Divergences from the reference on held-out answers, per token",
                        List.of(
                                onAnswers("reverse-kl", heldOut, "/measures/divergences/reverse-kl"),
                                onAnswers("forward-kl", heldOut, "/measures/divergences/forward-kl"),
                                onAnswers("js", heldOut, "/measures/divergences/js")),
                        switches),
                new Plot(
                        "Entropy of the policy, nats per token",
                        List.of(noisy("entropy", metrics.curve("entropy"))),
                        switches),
                new Plot(
                        "Variety of held-out answers",
                        List.of(
                                onAnswers("distinct-2", heldOut, "/measures/distinct_ngrams/2"),
                                onAnswers("Self-BLEU", heldOut, "/measures/self_bleu")),
                        switches),
                new Plot(
                        "Staleness at the learner, versions",
                        List.of(
                                new Line("largest", staleness, LineStyle.PEAKS),
                                noisy("mean", metrics.curve("mean_staleness")),
                                new Line("bound", staleness.level(bound), LineStyle.LIMIT)),
                        List.of()),
                new Plot(
                        "Throughput, rollouts per second",
                        List.of(noisy("rollouts/s", metrics.curve("rollouts_per_second"))),
                        List.of()),
                new Plot(
                        "Gradient norm before clipping",
                        List.of(noisy("gradient norm", metrics.curve("gradient_norm"))),
                        switches));
    }

    /** None for the held-out suite alone, which the first plot has. */
    private static List<Line> bySuite(JournalFacts journal) {
        List<SuiteFacts> suites = SuiteFacts.of(journal);
        return suites.size() < 2
                ? List.of()
                : suites.stream()
                        .map(suite -> new Line(suite.name(), suite.passAt(1), LineStyle.MARKED))
                        .toList();
    }

    private static Line onAnswers(String name, SuiteFacts suite, String pointer) {
        return new Line(name, suite.curve(pointer), LineStyle.MARKED);
    }

    private static Line noisy(String name, Curve curve) {
        return new Line(name, curve, LineStyle.NOISY);
    }

    private static String figure(Plot plot) throws IOException {
        return """
                <figure>
                <figcaption>%s%s</figcaption>
                <picture>
                <source media="(prefers-color-scheme: dark)" srcset="%s"/>
                <img src="%s" width="%d" height="%d" alt="%s"/>
                </picture>
                </figure>
                """.formatted(
                        Html.text(plot.title()),
                        legend(plot),
                        dataUri(plot, PlotTheme.DARK),
                        dataUri(plot, PlotTheme.LIGHT),
                        PlotImage.WIDTH,
                        PlotImage.HEIGHT,
                        Html.text(plot.inWords()));
    }

    /** Nothing for a single line, which the title names. */
    private static String legend(Plot plot) {
        if (plot.lines().size() == 1) {
            return "";
        }
        StringBuilder legend = new StringBuilder("<span class=\"legend\">");
        for (int i = 0; i < plot.lines().size(); i++) {
            Line line = plot.lines().get(i);
            String kind = line.style() == LineStyle.LIMIT ? "limit" : "line-" + (i + 1);
            legend.append("<span class=\"").append(kind).append("\">").append(Html.text(line.name()));
            legend.append("</span>");
        }
        return legend.append("</span>").toString();
    }

    private static String dataUri(Plot plot, PlotTheme theme) throws IOException {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(PlotImage.png(plot, theme));
    }
}
