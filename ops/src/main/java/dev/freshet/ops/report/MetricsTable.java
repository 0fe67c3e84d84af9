package dev.freshet.ops.report;

import dev.freshet.ops.run.Csv;
import dev.freshet.ops.run.MetricsCsv;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps that a run stands on, from its {@code metrics.csv}: of a step that a later attempt took again, only the later row
 * counts. Holds the numbers of the columns asked for; an unknown column, an empty cell or a torn row is NaN.
 */
final class MetricsTable {
    private static final String VERSION = "version";

    private final List<String> columns;
    private final List<double[]> rows;

    private MetricsTable(List<String> columns, List<double[]> rows) {
        this.columns = columns;
        this.rows = rows;
    }

    /** The table of all files that are there, of {@code file} and those set aside; empty if there is none. */
    static MetricsTable read(Path file, List<String> wanted) throws IOException {
        List<String> columns = new ArrayList<>(wanted);
        columns.add(VERSION);
        List<double[]> rows = new ArrayList<>();
        for (Path part : MetricsCsv.parts(file)) {
            readPart(part, columns, rows);
        }
        return new MetricsTable(columns, rows);
    }

    private static void readPart(Path part, List<String> columns, List<double[]> rows) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(part)) {
            List<String> header =
                    Csv.parse(Optional.ofNullable(lines.readLine()).orElse(""));
            int[] places = columns.stream().mapToInt(header::indexOf).toArray();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                add(rows, numbers(Csv.parse(line), places));
            }
        }
    }

    /** A column over the policy versions. */
    Curve curve(String column) {
        int y = columns.indexOf(column);
        int x = columns.size() - 1;
        return Curve.of(
                rows.stream().mapToDouble(row -> row[x]).toArray(),
                rows.stream().mapToDouble(row -> row[y]).toArray());
    }

    int size() {
        return rows.size();
    }

    private static void add(List<double[]> rows, double[] row) {
        int version = row.length - 1;
        if (Double.isNaN(row[version])) {
            return;
        }
        while (!rows.isEmpty() && rows.get(rows.size() - 1)[version] >= row[version]) {
            rows.remove(rows.size() - 1);
        }
        rows.add(row);
    }

    private static double[] numbers(List<String> cells, int[] places) {
        double[] numbers = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            boolean known = places[i] >= 0 && places[i] < cells.size();
            numbers[i] = known ? number(cells.get(places[i])) : Double.NaN;
        }
        return numbers;
    }

    private static double number(String cell) {
        try {
            return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
        } catch (NumberFormatException text) {
            return Double.NaN;
        }
    }
}
