package dev.freshet.model.generation;

/**
 * Random numbers that are a function of where they are used, not of what was drawn before: a rollout's draws do not depend on what
 * it was batched with, and a resumed run draws what the first would have drawn.
 */
/*
 * Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011): ten rounds of two 32x32-bit products over
 * a 128-bit counter under a 64-bit key. Key: the seed. Counter: rollout (64 bits), position (32 bits), stream (32 bits, 0 here).
 */
final class CounterRandom {
    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int KEY_STEP_0 = 0x9E3779B9;
    private static final int KEY_STEP_1 = 0xBB67AE85;

    /** So that (k + 1/2) / 2^22 times a float32 total stays strictly below that total. */
    private static final int UNIFORM_BITS = 22;

    private CounterRandom() {}

    /** A uniform in (0, 1), never 0 and never 1 in float32. */
    static float uniform(long seed, long rollout, int position) {
        int word = philox((int) rollout, (int) (rollout >>> 32), position, 0, (int) seed, (int) (seed >>> 32))[0];
        return ((word >>> (32 - UNIFORM_BITS)) + 0.5f) / (1 << UNIFORM_BITS);
    }

    /** The block of four words for a counter and a key. */
    static int[] philox(int c0, int c1, int c2, int c3, int key0, int key1) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & 0xFFFFFFFFL);
            long product1 = MULTIPLIER_1 * (c2 & 0xFFFFFFFFL);
            int next0 = (int) (product1 >>> 32) ^ c1 ^ key0;
            int next2 = (int) (product0 >>> 32) ^ c3 ^ key1;
            c1 = (int) product1;
            c3 = (int) product0;
            c0 = next0;
            c2 = next2;
            key0 += KEY_STEP_0;
            key1 += KEY_STEP_1;
        }
        return new int[] {c0, c1, c2, c3};
    }
}
