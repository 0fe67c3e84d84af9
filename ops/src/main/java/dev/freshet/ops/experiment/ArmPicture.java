package dev.freshet.ops.experiment;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.CategoryStyler;

/** A panel a metric, in it a bar an arm: the mean, and as a whisker one standard deviation over the seeds. */
final class ArmPicture {
    private static final int WIDTH = 460;
    private static final int HEIGHT = 260;
    private static final int COLUMNS = 2;
    private static final int FINENESS = 2;
    private static final Color BAR = new Color(0x0b6bcb);

    private ArmPicture() {}

    static byte[] png(ArmTable table, List<String> metrics) throws IOException {
        int rows = (metrics.size() + COLUMNS - 1) / COLUMNS;
        BufferedImage image =
                new BufferedImage(COLUMNS * WIDTH * FINENESS, rows * HEIGHT * FINENESS, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(FINENESS, FINENESS);
        for (int i = 0; i < metrics.size(); i++) {
            Graphics2D panel = (Graphics2D) graphics.create(i % COLUMNS * WIDTH, i / COLUMNS * HEIGHT, WIDTH, HEIGHT);
            chart(table, metrics.get(i)).paint(panel, WIDTH, HEIGHT);
            panel.dispose();
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static CategoryChart chart(ArmTable table, String metric) {
        CategoryChart chart = new CategoryChart(WIDTH, HEIGHT);
        chart.setTitle(metric);
        style(chart.getStyler());
        List<String> arms = table.arms();
        List<Double> means =
                arms.stream().map(arm -> finite(table.mean(arm, metric))).toList();
        List<Double> deviations =
                arms.stream().map(arm -> finite(table.deviation(arm, metric))).toList();
        CategorySeries series = chart.addSeries(metric, arms, means, deviations);
        series.setFillColor(BAR);
        return chart;
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    private static void style(CategoryStyler styler) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 10);
        styler.setLocale(Locale.ROOT);
        styler.setBaseFont(font);
        styler.setChartTitleFont(font.deriveFont(Font.BOLD, 12f));
        styler.setChartTitleBoxVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendVisible(false);
        styler.setAxisTickLabelsFont(font);
        styler.setXAxisLabelRotation(45);
        styler.setPlotGridVerticalLinesVisible(false);
    }
}
