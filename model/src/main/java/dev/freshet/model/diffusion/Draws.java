package dev.freshet.model.diffusion;

/**
 * Random numbers that are a function of seed, purpose and number of the draw alone: a resumed run draws what the first would have
 * drawn, and what is drawn for one purpose changes nothing for another.
 */
/*
 * SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17) from a mixed key;
 * normal numbers in pairs (Box and Muller 1958).
 */
public final class Draws {
    /** What numbers are drawn for. */
    public enum Purpose {
        DATA(10),
        INITIAL_WEIGHTS(11),
        TEACHER(12),
        WARM_START(13),
        TRAINING(14),
        EVALUATION(15),
        PICTURE(16);

        private final long salt;

        Purpose(long salt) {
            this.salt = salt;
        }
    }

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;
    private double spare = Double.NaN;

    private Draws(long state) {
        this.state = state;
    }

    /** @param number of the draw, each of which is a sequence of its own */
    public static Draws of(long seed, Purpose purpose, long number) {
        return new Draws(mix(mix(mix(seed) + GOLDEN_GAMMA * purpose.salt) + number));
    }

    /** In [0, 1), of 53 bits. */
    public double uniform() {
        return (next() >>> 11) * 0x1p-53;
    }

    /** In {@code 0..bound-1}, each equally likely to within 2<sup>-32</sup>. */
    public int below(int bound) {
        return (int) Math.multiplyHigh(next() >>> 1, 2L * bound);
    }

    /** Of N(0, 1). */
    public double gaussian() {
        if (!Double.isNaN(spare)) {
            double kept = spare;
            spare = Double.NaN;
            return kept;
        }
        double radius = Math.sqrt(-2 * Math.log1p(-uniform()));
        double angle = 2 * Math.PI * uniform();
        spare = radius * Math.sin(angle);
        return radius * Math.cos(angle);
    }

    /** So many of N(0, 1). */
    public float[] gaussians(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) gaussian();
        }
        return numbers;
    }

    /** So many in {@code 0..bound-1}. */
    public long[] below(int bound, int count) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = below(bound);
        }
        return numbers;
    }

    private long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
