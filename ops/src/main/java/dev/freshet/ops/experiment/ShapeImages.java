package dev.freshet.ops.experiment;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Small grey images of discs, rings, squares and crosses, of any size and place that fits, as a compressed IDX file. */
final class ShapeImages {
    static final int SIDE = 12;

    private static final int IDX_OF_BYTES_IN_THREE_DIMENSIONS = 0x803;
    private static final double LEAST_RADIUS = 2.2;
    private static final double MOST_RADIUS = 4.2;
    private static final int SHAPES = 4;

    private ShapeImages() {}

    /** Returns the file. */
    static Path write(Path file, int images, long seed) throws IOException {
        Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
        SplittableRandom random = new SplittableRandom(seed);
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(IDX_OF_BYTES_IN_THREE_DIMENSIONS);
            out.writeInt(images);
            out.writeInt(SIDE);
            out.writeInt(SIDE);
            for (int image = 0; image < images; image++) {
                out.write(draw(random));
            }
        }
        return file;
    }

    private static byte[] draw(SplittableRandom random) {
        int shape = random.nextInt(SHAPES);
        double radius = LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * random.nextDouble();
        double room = SIDE - 2 * radius;
        double centreX = radius + room * random.nextDouble();
        double centreY = radius + room * random.nextDouble();
        byte[] pixels = new byte[SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double inside = inside(shape, x + 0.5 - centreX, y + 0.5 - centreY, radius);
                // An edge is a pixel wide.
                pixels[y * SIDE + x] = (byte) Math.round(255 * Math.max(0, Math.min(1, inside + 0.5)));
            }
        }
        return pixels;
    }

    /** How far within the shape a point is, in pixels; below 0 outside. */
    private static double inside(int shape, double x, double y, double radius) {
        double distance = Math.sqrt(x * x + y * y);
        double square = radius - Math.max(Math.abs(x), Math.abs(y));
        return switch (shape) {
            case 0 -> radius - distance;
            case 1 -> 1 - Math.abs(radius - 1 - distance);
            case 2 -> square;
            default -> Math.min(square, 1 - Math.min(Math.abs(x), Math.abs(y)));
        };
    }
}
