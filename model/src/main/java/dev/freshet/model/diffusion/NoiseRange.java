package dev.freshet.model.diffusion;

import java.util.stream.IntStream;

/**
 * The noise levels sigma of a variance-exploding diffusion, x = x0 + sigma eps (Karras et al. 2022, arXiv 2206.00364): log-uniform
 * from {@code least} to {@code most}.
 *
 * @param least above 0
 * @param most above {@code least}
 */
public record NoiseRange(double least, double most) {
    public NoiseRange {
        if (!(least > 0) || !(most > least) || Double.isInfinite(most)) {
            throw new IllegalArgumentException(
                    "noise levels must be finite, above 0 and from least to a larger most, were " + least + " and "
                            + most + " (freshet.distill.noise.least, freshet.distill.noise.most)");
        }
    }

    /** One level for each of {@code count} samples. */
    public float[] draw(Draws draws, int count) {
        float[] levels = new float[count];
        for (int i = 0; i < count; i++) {
            levels[i] = (float) at(draws.uniform());
        }
        return levels;
    }

    /** The level at a place from 0, the least, to 1, the most. */
    public double at(double place) {
        return least * Math.pow(most / least, place);
    }

    /** Where a level stands, as {@link #at} takes it. */
    public double place(double level) {
        return Math.log(level / least) / Math.log(most / least);
    }

    /** Levels from the most to the least, equally far apart in their logarithm; at least 2. */
    public float[] descending(int count) {
        float[] levels = new float[count];
        IntStream.range(0, count).forEach(i -> levels[i] = (float) at(1 - i / (double) (count - 1)));
        return levels;
    }
}
