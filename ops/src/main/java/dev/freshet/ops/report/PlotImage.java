package dev.freshet.ops.report;

import dev.freshet.ops.report.Plot.Line;
import dev.freshet.ops.report.Plot.LineStyle;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.DoubleSummaryStatistics;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a plot as a PNG, twice as fine as it is shown. */
final class PlotImage {
    /** As shown, in CSS pixels. */
    static final int WIDTH = 520;

    static final int HEIGHT = 260;

    private static final int FINENESS = 2;
    private static final int POINTS = 500;
    private static final int PIXELS_BETWEEN_LABELS = 70;
    private static final int SMOOTHED_FROM = 30;
    private static final float[] DASHES = {5f, 4f};
    private static final double[] UNEVEN = {0.1, 0.3, 0.7};

    private PlotImage() {}

    static byte[] png(Plot plot, PlotTheme theme) throws IOException {
        XYChart chart = new XYChart(WIDTH, HEIGHT);
        style(chart.getStyler(), theme);
        double unit = unit(plot);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(drawn -> Figures.tick(drawn * unit));
        unevenOut(chart, plot, unit);
        for (int i = 0; i < plot.lines().size(); i++) {
            add(chart, plot.lines().get(i).in(unit), theme, theme.line(i));
        }
        plot.marks().forEach(version -> chart.addAnnotation(new AnnotationLine(version, true, false)));
        BufferedImage image = new BufferedImage(WIDTH * FINENESS, HEIGHT * FINENESS, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(FINENESS, FINENESS);
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** The power of ten that values are drawn in, so that they span from 1 to 10; see {@link #unevenOut}. */
    private static double unit(Plot plot) {
        DoubleSummaryStatistics values = values(plot, Curve::y);
        double span = values.getMax() - values.getMin();
        return span > Double.MIN_NORMAL && Double.isFinite(span) ? Math.pow(10, Math.floor(Math.log10(span))) : 1;
    }

    private static DoubleSummaryStatistics values(Plot plot, Function<Curve, double[]> coordinate) {
        return plot.lines().stream()
                .flatMapToDouble(line -> DoubleStream.of(coordinate.apply(line.curve())))
                .summaryStatistics();
    }

    private static void add(XYChart chart, Line line, PlotTheme theme, Color color) {
        Curve curve = line.style() == LineStyle.PEAKS
                ? line.curve().peaks(POINTS)
                : line.curve().thinned(POINTS);
        switch (line.style()) {
            case NOISY -> {
                Curve smooth = curve;
                if (curve.size() >= SMOOTHED_FROM) {
                    draw(chart, line.name() + ", each step", curve, theme.faint(color))
                            .setShowInLegend(false);
                    smooth = curve.smoothed(curve.size() / SMOOTHED_FROM + 1);
                }
                draw(chart, line.name(), smooth, color);
            }
            case PEAKS -> draw(chart, line.name(), curve, color);
            case MARKED -> draw(chart, line.name(), curve, color).setMarker(SeriesMarkers.CIRCLE);
            case LIMIT ->
                draw(chart, line.name(), curve, theme.text())
                        .setLineStyle(
                                new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, DASHES, 0f));
        }
    }

    /** A single point would be invisible as a line. */
    private static XYSeries draw(XYChart chart, String name, Curve curve, Color color) {
        XYSeries series = chart.addSeries(name, curve.x(), curve.y());
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setLineStyle(new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        series.setMarker(curve.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        return series;
    }

    /**
     * XChart labels data points instead of round numbers where their differences are all alike to 1e-4, and then may look for labels
     * without end. Invisible points, the first it sees, of differences that are never alike keep it from both.
     */
    private static void unevenOut(XYChart chart, Plot plot, double unit) {
        double[] x = within(values(plot, Curve::x), 1);
        double[] y = within(values(plot, Curve::y), unit);
        XYSeries points = chart.addSeries("unevenly spaced", x, y);
        points.setLineStyle(SeriesLines.NONE);
        points.setMarker(SeriesMarkers.NONE);
    }

    private static double[] within(DoubleSummaryStatistics values, double unit) {
        double low = values.getMin() / unit;
        double high = values.getMax() / unit;
        return DoubleStream.of(UNEVEN).map(share -> low + share * (high - low)).toArray();
    }

    private static void style(XYStyler styler, PlotTheme theme) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
        styler.setLocale(Locale.ROOT);
        styler.setBaseFont(font);
        styler.setChartTitleVisible(false);
        styler.setChartBackgroundColor(theme.background());
        styler.setChartFontColor(theme.text());
        styler.setChartPadding(4);
        styler.setPlotBackgroundColor(theme.background());
        styler.setPlotBorderVisible(false);
        styler.setLegendVisible(false);
        styler.setMarkerSize(5);
        styler.setAnnotationLineColor(theme.text());
        styler.setAnnotationLineStroke(
                new BasicStroke(1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, new float[] {2f, 3f}, 0f));
        styler.setAxisTitlesVisible(false);
        styler.setAxisTickLabelsFont(font);
        styler.setAxisTickLabelsColor(theme.text());
        styler.setAxisTicksLineVisible(false);
        styler.setAxisTicksMarksVisible(false);
        styler.setPlotGridLinesColor(theme.grid());
        styler.setPlotGridLinesStroke(new BasicStroke(1f));
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setXAxisTickMarkSpacingHint(PIXELS_BETWEEN_LABELS);
        styler.setXAxisTickLabelsFormattingFunction(Figures::tick);
    }
}
