package dev.freshet.model.image;

import java.util.SplittableRandom;

/** Small grey images of discs, rings, squares and crosses, of any size and place that fits: data that needs no file. */
public final class ShapeImages {
    private static final int SIDE = 12;
    private static final double LEAST_RADIUS = 2.2;
    private static final double MOST_RADIUS = 4.2;
    private static final int SHAPES = 4;

    private ShapeImages() {}

    /** @param images at least 1 */
    public static ImageSet draw(int images, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] values = new byte[Math.multiplyExact(images, SIDE * SIDE)];
        for (int image = 0; image < images; image++) {
            draw(random, values, image * SIDE * SIDE);
        }
        return new ImageSet(SIDE, SIDE, 1, values);
    }

    private static void draw(SplittableRandom random, byte[] values, int offset) {
        int shape = random.nextInt(SHAPES);
        double radius = LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * random.nextDouble();
        double room = SIDE - 2 * radius;
        double centreX = radius + room * random.nextDouble();
        double centreY = radius + room * random.nextDouble();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double inside = inside(shape, x + 0.5 - centreX, y + 0.5 - centreY, radius);
                // An edge is a pixel wide.
                values[offset + y * SIDE + x] = (byte) Math.round(255 * Math.max(0, Math.min(1, inside + 0.5)));
            }
        }
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
