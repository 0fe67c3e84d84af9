package dev.freshet.ops.experiment;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** The runs' pictures of samples on one sheet: a row an arm, a column a seed. */
final class SampleSheet {
    private static final int WIDTH = 330;
    private static final int HEIGHT = 165;
    private static final int LABEL = 20;
    private static final int GAP = 10;

    private SampleSheet() {}

    /** Where the picture of a run is. */
    @FunctionalInterface
    interface Pictures {
        Path of(String arm, long seed) throws Exception;
    }

    static byte[] png(ArmTable table, Pictures pictures) throws Exception {
        List<String> arms = table.arms();
        List<Long> seeds = table.seeds();
        BufferedImage sheet = new BufferedImage(
                seeds.size() * (WIDTH + GAP) + GAP,
                arms.size() * (HEIGHT + LABEL + GAP) + GAP,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        for (int row = 0; row < arms.size(); row++) {
            for (int column = 0; column < seeds.size(); column++) {
                int x = GAP + column * (WIDTH + GAP);
                int y = GAP + row * (HEIGHT + LABEL + GAP);
                graphics.setColor(Color.BLACK);
                graphics.drawString(arms.get(row) + ", seed " + seeds.get(column), x, y + LABEL - 6);
                draw(graphics, pictures.of(arms.get(row), seeds.get(column)), x, y + LABEL);
            }
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(sheet, "png", bytes);
        return bytes.toByteArray();
    }

    /** Leaves the place white for a picture that the run's disk did not take. */
    private static void draw(Graphics2D graphics, Path file, int x, int y) throws IOException {
        if (!Files.isRegularFile(file)) {
            return;
        }
        BufferedImage picture = ImageIO.read(file.toFile());
        double scale = Math.min(WIDTH / (double) picture.getWidth(), HEIGHT / (double) picture.getHeight());
        graphics.drawImage(
                picture,
                x,
                y,
                (int) Math.round(scale * picture.getWidth()),
                (int) Math.round(scale * picture.getHeight()),
                null);
    }
}
