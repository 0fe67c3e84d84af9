package dev.freshet.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.report.Plot.Line;
import dev.freshet.ops.report.Plot.LineStyle;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlotImageTest {
    /** A divergence at a low rate of learning, whose differences are all below 1e-4 while it spans more. */
    private static final double[] SMALL = {
        2.7e-11, 2.11e-5, 2.56e-5, 3.81e-5, 8.16e-5, 1.16e-4, 1.19e-4, 1.6e-4, 1.6e-4, 1.37e-4, 1.22e-4, 1.21e-4
    };

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void valuesThatHardlyDifferAreDrawn() throws Exception {
        assertThat(png(SMALL)).isNotEmpty();
    }

    @ParameterizedTest
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ValueSource(doubles = {0, 1e-12, 1, 1e6})
    void valuesOfAnySizeAreDrawn(double size) throws Exception {
        assertThat(png(new double[] {0, size, size / 3, size / 2})).isNotEmpty();
        assertThat(png(new double[] {size, size})).isNotEmpty();
        assertThat(png(new double[] {0, size})).isNotEmpty();
        assertThat(png(new double[] {0, size, 0, size, size})).isNotEmpty();
    }

    /** Every shape of few points on few levels: among them those without end that a real run met. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void fewPointsOnFewLevelsAreDrawn() throws Exception {
        for (double size : new double[] {3e-9, 0.5}) {
            for (int shape = 0; shape < 81; shape++) {
                double[] y = new double[4];
                for (int i = 0, rest = shape; i < y.length; i++, rest /= 3) {
                    y[i] = 0.7 + size * (rest % 3);
                }
                assertThat(png(y)).isNotEmpty();
            }
        }
    }

    private static byte[] png(double[] y) throws Exception {
        double[] x = IntStream.rangeClosed(1, y.length).asDoubleStream().toArray();
        Line line = new Line("values", Curve.of(x, y), LineStyle.NOISY);
        return PlotImage.png(new Plot("Values", List.of(line), List.of()), PlotTheme.LIGHT);
    }
}
