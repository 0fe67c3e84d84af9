package dev.freshet.ops.report;

import java.util.List;

/**
 * A plot over the policy versions.
 *
 * @param marks versions at which the divergence was switched
 */
record Plot(String title, List<Line> lines, List<Double> marks) {
    Plot {
        lines = lines.stream().filter(line -> !line.curve().isEmpty()).toList();
        marks = List.copyOf(marks);
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** The plot in words, for those who cannot see it. */
    String inWords() {
        StringBuilder words = new StringBuilder(title);
        for (Line line : lines) {
            words.append("; ").append(line.name()).append(" from ");
            words.append(Figures.number(line.curve().firstY())).append(" to ");
            words.append(Figures.number(line.curve().lastY()));
        }
        return words.toString();
    }

    record Line(String name, Curve curve, LineStyle style) {
        /** The same, its y as multiples of a unit. */
        Line in(double unit) {
            return new Line(name, curve.in(unit), style);
        }
    }

    enum LineStyle {
        /** A noisy measurement a step: drawn faintly, with its moving mean on top. */
        NOISY,
        /** A largest value a step: where there are too many steps to draw, the largest of neighbours. */
        PEAKS,
        /** Few measurements: a line with a marker at each. */
        MARKED,
        /** A limit that the others should stay below: dashed. */
        LIMIT
    }
}
