package dev.freshet.ops.experiment;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results as a person reads them and as a spreadsheet does. */
final class Tables {
    private Tables() {}

    /** One line an arm, mean and spread over the seeds. */
    static String text(ArmTable table, List<String> metrics) {
        int arms = table.arms().stream().mapToInt(String::length).max().orElseThrow();
        StringBuilder lines = new StringBuilder(cell("arm", arms));
        metrics.forEach(metric -> lines.append("  ").append(cell(metric, width(metric))));
        for (String arm : table.arms()) {
            lines.append('\n').append(cell(arm, arms));
            metrics.forEach(metric -> lines.append("  ").append(cell(spread(table, arm, metric), width(metric))));
        }
        return lines.toString();
    }

    /** One row an arm and a seed. */
    static String csv(ArmTable table, List<String> metrics) {
        String header = "arm,seed,seconds," + String.join(",", metrics) + "\n";
        return table.results().stream()
                .map(result -> result.arm() + "," + result.seed() + "," + result.seconds() + ","
                        + metrics.stream()
                                .map(metric -> Double.toString(result.metric(metric)))
                                .collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n", header, "\n"));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String spread(ArmTable table, String arm, String metric) {
        double deviation = table.deviation(arm, metric);
        String mean = number(table.mean(arm, metric));
        return Double.isNaN(deviation) ? mean : mean + " +- " + number(deviation);
    }

    private static int width(String metric) {
        return Math.max(metric.length(), "0.000 +- 0.000".length());
    }

    private static String cell(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
