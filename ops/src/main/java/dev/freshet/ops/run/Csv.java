package dev.freshet.ops.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of comma-separated values as RFC 4180 quotes them, without line breaks inside a cell. */
public final class Csv {
    private Csv() {}

    /** One row; a double that is NaN becomes an empty cell. */
    static String row(List<?> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
    }

    /** The cells of one row. */
    public static List<String> parse(String row) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < row.length(); i++) {
            char letter = row.charAt(i);
            if (quoted && letter == '"' && i + 1 < row.length() && row.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (letter == '"') {
                quoted = !quoted;
            } else if (letter == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(letter);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    private static String cell(Object value) {
        if (value instanceof Double number && number.isNaN()) {
            return "";
        }
        String text = value.toString().replaceAll("\\R", " ");
        boolean plain = text.indexOf(',') < 0 && text.indexOf('"') < 0;
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
