package dev.freshet.ops.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlotThemeTest {
    @ParameterizedTest
    @EnumSource
    void hasTheColoursOfThePage(PlotTheme theme) throws IOException {
        String css;
        try (InputStream resource = PlotTheme.class.getResourceAsStream("report.css")) {
            css = new String(resource.readAllBytes(), UTF_8);
        }
        String dark = css.substring(css.indexOf("@media (prefers-color-scheme: dark)"), css.indexOf("* {"));
        String variables = theme == PlotTheme.DARK ? dark : css.substring(0, css.indexOf(dark));

        assertThat(variables)
                .contains(List.of(
                        "--card: " + hex(theme.background()),
                        "--soft: " + hex(theme.text()),
                        "--line-1: " + hex(theme.line(0)),
                        "--line-2: " + hex(theme.line(1)),
                        "--line-3: " + hex(theme.line(2))));
    }

    private static String hex(Color color) {
        return String.format(Locale.ROOT, "#%06x", color.getRGB() & 0xffffff);
    }
}
