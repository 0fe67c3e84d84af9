package dev.freshet.ops.report;

import java.awt.Color;

/** The colours of plots, one set for each of the page's two; the backgrounds are those of {@code report.css}. */
enum PlotTheme {
    LIGHT(0xffffff, 0x57606a, 0xe6e9ed, 0x0b6bcb, 0xd9480f, 0x2b8a3e),
    DARK(0x161b22, 0x9aa4af, 0x2a313a, 0x58a6ff, 0xff9e64, 0x7ee787);

    private static final int FAINT_ALPHA = 70;

    private final Color background;
    private final Color text;
    private final Color grid;
    private final Color first;
    private final Color second;
    private final Color third;

    PlotTheme(int background, int text, int grid, int first, int second, int third) {
        this.background = new Color(background);
        this.text = new Color(text);
        this.grid = new Color(grid);
        this.first = new Color(first);
        this.second = new Color(second);
        this.third = new Color(third);
    }

    Color background() {
        return background;
    }

    Color text() {
        return text;
    }

    Color grid() {
        return grid;
    }

    /** Of a plot's lines, counted from 0; from the fourth on they come again. */
    Color line(int index) {
        return switch (index % 3) {
            case 0 -> first;
            case 1 -> second;
            default -> third;
        };
    }

    Color faint(Color strong) {
        return new Color(strong.getRed(), strong.getGreen(), strong.getBlue(), FAINT_ALPHA);
    }
}
