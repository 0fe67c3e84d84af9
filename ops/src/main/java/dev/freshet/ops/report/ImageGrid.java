package dev.freshet.ops.report;

import dev.freshet.model.fidelity.SampleSet;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * Draws images as two squares of tiles, examples on the left and samples on the right.
 *
 * @param height of an image
 * @param width of an image
 * @param channels 1 or 3
 */
public record ImageGrid(int height, int width, int channels) {
    private static final int TILES = 8;

    /** Small images are magnified until a square has about so many pixels on a side. */
    private static final int SIDE = 320;

    public byte[] png(SampleSet examples, SampleSet samples) throws IOException {
        int scale = Math.max(1, SIDE / (TILES * Math.max(height, width)));
        int gap = 8 * scale;
        int side = TILES * width * scale;
        BufferedImage image = new BufferedImage(2 * side + gap, TILES * height * scale, BufferedImage.TYPE_INT_RGB);
        draw(image, 0, scale, examples);
        draw(image, side + gap, scale, samples);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private void draw(BufferedImage image, int left, int scale, SampleSet images) {
        for (int tile = 0; tile < Math.min(TILES * TILES, images.size()); tile++) {
            int tileLeft = left + tile % TILES * width * scale;
            int tileTop = tile / TILES * height * scale;
            for (int y = 0; y < height * scale; y++) {
                for (int x = 0; x < width * scale; x++) {
                    image.setRGB(tileLeft + x, tileTop + y, colour(images, tile, y / scale, x / scale));
                }
            }
        }
    }

    private int colour(SampleSet images, int image, int y, int x) {
        int red = value(images, image, y, x, 0);
        int green = value(images, image, y, x, channels == 3 ? 1 : 0);
        int blue = value(images, image, y, x, channels == 3 ? 2 : 0);
        return (red << 16) | (green << 8) | blue;
    }

    /** From -1 for black to 1; beyond, as near as can be shown. */
    private int value(SampleSet images, int image, int y, int x, int channel) {
        float value = images.value(image, (y * width + x) * channels + channel);
        return Math.round(Math.max(0, Math.min(1, (value + 1) / 2)) * 255);
    }
}
