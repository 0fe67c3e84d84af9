package dev.freshet.model.task;

/**
 * Random draws fixed by a seed, a purpose and a number, so that the draws for any number can be had without those before it.
 *
 * <p>SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17), started
 * from a mixed key instead of a counter of its own. Written out here because a resumed run must draw the same on any JDK.
 * Sampling has a generator of its own, of one number for each place.
 */
public final class KeyedRandom {
    /** What draws are for; draws for different purposes have nothing to do with each other. */
    public enum Purpose {
        TRAINING_ORDER(1),
        HELD_OUT_ORDER(2),
        DIGIT_ORDER(3),
        DEMONSTRATION(4),
        LANGUAGE(5),
        DATASET_ORDER(6),
        TEMPLATE(7),
        LETTERS(8);

        private final long salt;

        Purpose(long salt) {
            this.salt = salt;
        }
    }

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    private KeyedRandom(long state) {
        this.state = state;
    }

    public static KeyedRandom at(long seed, Purpose purpose, long number) {
        return new KeyedRandom(key(seed, purpose, number));
    }

    /** The 64 bits from which all draws for this number follow. */
    static long key(long seed, Purpose purpose, long number) {
        return mix(mix(mix(seed) + GOLDEN_GAMMA * purpose.salt) + number);
    }

    static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** A number in {@code 0..bound-1}; each is equally likely to within 2<sup>-32</sup>. */
    public int below(int bound) {
        return (int) Math.multiplyHigh(next() >>> 1, 2L * bound);
    }

    /** True with the given probability. */
    public boolean chance(double probability) {
        return uniform() < probability;
    }

    /** In [0, 1), of 53 bits. */
    public double uniform() {
        return (next() >>> 11) * 0x1p-53;
    }

    /** Of N(0, 1): Box and Muller 1958, the cosine alone. */
    public double gaussian() {
        double radius = Math.sqrt(-2 * Math.log1p(-uniform()));
        return radius * Math.cos(2 * Math.PI * uniform());
    }
}
