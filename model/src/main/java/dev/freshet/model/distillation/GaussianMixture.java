package dev.freshet.model.distillation;

import dev.freshet.model.diffusion.Draws;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Equal Gaussians in the plane.
 *
 * @param centres at least one
 * @param deviation of each Gaussian in each direction, above 0
 */
public record GaussianMixture(List<Centre> centres, double deviation) {
    static final int DIMENSIONS = 2;

    /** The middle of one of them. */
    public record Centre(double x, double y) {}

    public GaussianMixture {
        centres = List.copyOf(centres);
        if (centres.isEmpty()) {
            throw new IllegalArgumentException("a mixture must have at least one centre, had none");
        }
        if (!(deviation > 0) || Double.isInfinite(deviation)) {
            throw new IllegalArgumentException("the deviation of a mixture must be finite and above 0, was " + deviation
                    + " (freshet.distill.data.mixture.deviation)");
        }
    }

    /** How the centres lie. */
    public enum Shape {
        /** At equal distances on a circle of radius {@code size}, the first at (size, 0). */
        RING {
            @Override
            List<Centre> centres(int modes, double size) {
                return IntStream.range(0, modes)
                        .mapToDouble(mode -> 2 * Math.PI * mode / modes)
                        .mapToObj(angle -> new Centre(size * Math.cos(angle), size * Math.sin(angle)))
                        .toList();
            }
        },
        /** In rows and columns, as many as their number is the square of, from -size to size. */
        GRID {
            @Override
            List<Centre> centres(int modes, double size) {
                int side = (int) Math.round(Math.sqrt(modes));
                if (side < 2 || side * side != modes) {
                    throw new IllegalArgumentException("the modes of a grid must be 4, 9, 16 or another square, were "
                            + modes + " (freshet.distill.data.mixture.modes)");
                }
                return IntStream.range(0, modes)
                        .mapToObj(mode -> new Centre(at(mode % side, side, size), at(mode / side, side, size)))
                        .toList();
            }
        };

        abstract List<Centre> centres(int modes, double size);

        private static double at(int place, int side, double size) {
            return size * (2.0 * place / (side - 1) - 1);
        }
    }

    /** @param modes at least 1 */
    public static GaussianMixture of(Shape shape, int modes, double size, double deviation) {
        if (modes < 1) {
            throw new IllegalArgumentException(
                    "modes must be at least 1, were " + modes + " (freshet.distill.data.mixture.modes)");
        }
        if (!(size > 0) || Double.isInfinite(size)) {
            throw new IllegalArgumentException(
                    "size must be finite and above 0, was " + size + " (freshet.distill.data.mixture.size)");
        }
        return new GaussianMixture(shape.centres(modes, size), deviation);
    }

    /** Writes one draw from {@code offset} on. */
    void draw(Draws draws, float[] target, int offset) {
        Centre centre = centres.get(draws.below(centres.size()));
        target[offset] = (float) (centre.x() + deviation * draws.gaussian());
        target[offset + 1] = (float) (centre.y() + deviation * draws.gaussian());
    }

    /** The centres (modes, 2). */
    float[] centreValues() {
        float[] values = new float[centres.size() * DIMENSIONS];
        for (int i = 0; i < centres.size(); i++) {
            values[DIMENSIONS * i] = (float) centres.get(i).x();
            values[DIMENSIONS * i + 1] = (float) centres.get(i).y();
        }
        return values;
    }
}
