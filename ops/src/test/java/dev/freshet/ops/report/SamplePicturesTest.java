package dev.freshet.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.fidelity.SampleSet;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class SamplePicturesTest {
    private static final int WHITE = 0xFFFFFFFF;
    private static final int BLACK = 0xFF000000;

    @Test
    void pointsAreDarkWhereTheyLie() throws IOException {
        // Two in the upper right quarter of the examples, one in the lower left of the samples; what is not finite is
        // nowhere.
        BufferedImage image =
                read(new PointDensity(1).png(points(0.5f, 0.5f, 0.5f, 0.5f), points(-0.5f, -0.5f, Float.NaN, 0, 5, 0)));
        assertThat(image.getRGB(180, 59)).isNotEqualTo(WHITE);
        assertThat(image.getRGB(60, 179)).isEqualTo(WHITE);
        assertThat(image.getRGB(248 + 60, 179)).isNotEqualTo(WHITE);
        assertThat(image.getRGB(248 + 180, 59)).isEqualTo(WHITE);
        assertThat(coloured(image)).isEqualTo(2);
    }

    @Test
    void imagesAreTilesThatNothingIsTooBrightFor() throws IOException {
        SampleSet examples = new SampleSet(4, new float[] {-1, 1, -3, 3, 1, 1, 1, 1});
        BufferedImage image = read(new ImageGrid(2, 2, 1).png(examples, examples.first(1)));
        int pixel = image.getHeight() / 16;
        assertThat(image.getRGB(pixel / 2, pixel / 2)).isEqualTo(BLACK);
        assertThat(image.getRGB(pixel + pixel / 2, pixel / 2)).isEqualTo(WHITE);
        assertThat(image.getRGB(pixel / 2, pixel + pixel / 2)).isEqualTo(BLACK);
        assertThat(image.getRGB(pixel + pixel / 2, pixel + pixel / 2)).isEqualTo(WHITE);
        // The second image is the second tile, and the only sample the first on the right.
        assertThat(image.getRGB(2 * pixel + pixel / 2, pixel / 2)).isEqualTo(WHITE);
        int right = image.getWidth() - 16 * pixel;
        assertThat(image.getRGB(right + pixel / 2, pixel / 2)).isEqualTo(BLACK);
        assertThat(image.getRGB(right + pixel + pixel / 2, pixel / 2)).isEqualTo(WHITE);
        assertThat(image.getRGB(right + 2 * pixel + pixel / 2, pixel / 2)).isEqualTo(BLACK);
    }

    @Test
    void coloursAreColours() throws IOException {
        SampleSet red = new SampleSet(3, new float[] {1, -1, -1});
        BufferedImage image = read(new ImageGrid(1, 1, 3).png(red, red));
        assertThat(image.getRGB(0, 0)).isEqualTo(0xFFFF0000);
    }

    private static int coloured(BufferedImage image) {
        int coloured = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                coloured += image.getRGB(x, y) == WHITE ? 0 : 1;
            }
        }
        return coloured;
    }

    private static SampleSet points(float... coordinates) {
        return new SampleSet(2, coordinates);
    }

    private static BufferedImage read(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }
}
