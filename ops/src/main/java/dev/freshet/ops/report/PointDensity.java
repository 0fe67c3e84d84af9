package dev.freshet.ops.report;

import dev.freshet.model.fidelity.SampleSet;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * Draws where points in the plane lie: two squares about (0, 0), examples on the left and samples on the right, darker where there are
 * more of them.
 *
 * @param extent of a square in each direction from 0
 */
public record PointDensity(double extent) {
    private static final int SIDE = 240;
    private static final int GAP = 8;

    /** Of the share of its densest pixel at which a pixel is as dark as can be. */
    private static final double DARKEST = 0.6;

    private static final Color EXAMPLES = new Color(0x1a7f37);
    private static final Color SAMPLES = new Color(0x0b6bcb);

    public byte[] png(SampleSet examples, SampleSet samples) throws IOException {
        BufferedImage image = new BufferedImage(2 * SIDE + GAP, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, Color.WHITE.getRGB());
            }
        }
        draw(image, 0, examples, EXAMPLES);
        draw(image, SIDE + GAP, samples, SAMPLES);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private void draw(BufferedImage image, int left, SampleSet points, Color colour) {
        int[][] counts = new int[SIDE][SIDE];
        int most = 1;
        for (int i = 0; i < points.size(); i++) {
            int column = pixel(points.value(i, 0));
            int row = SIDE - 1 - pixel(points.value(i, 1));
            if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) {
                counts[row][column]++;
                most = Math.max(most, counts[row][column]);
            }
        }
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                if (counts[row][column] > 0) {
                    // The root, so that a few points show where many are elsewhere.
                    double share = Math.sqrt(Math.min(1, counts[row][column] / (DARKEST * most)));
                    image.setRGB(left + column, row, blended(colour, 0.15 + 0.85 * share));
                }
            }
        }
    }

    /** Far outside for what is not finite. */
    private int pixel(float value) {
        double pixel = Math.floor((value + extent) / (2 * extent) * SIDE);
        return pixel >= 0 && pixel < SIDE ? (int) pixel : -1;
    }

    /** With white. */
    private static int blended(Color colour, double share) {
        int red = (int) Math.round(255 + share * (colour.getRed() - 255));
        int green = (int) Math.round(255 + share * (colour.getGreen() - 255));
        int blue = (int) Math.round(255 + share * (colour.getBlue() - 255));
        return new Color(red, green, blue).getRGB();
    }
}
