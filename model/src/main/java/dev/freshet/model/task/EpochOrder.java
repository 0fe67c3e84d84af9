package dev.freshet.model.task;

import dev.freshet.model.task.KeyedRandom.Purpose;

/**
 * A fresh permutation of {@code 0..size-1} in each epoch, any place of which is computed on its own: nothing is kept, nothing
 * is shared between threads, and a run that resumes at a high number pays nothing for it.
 *
 * <p>A Feistel network over the smallest even number of bits that covers the size, walked on until it lands inside (Black and
 * Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002, section 4): at most 4 steps on average, except for tiny sizes.
 *
 * @param size at least 1
 */
public record EpochOrder(long seed, Purpose purpose, int size) {
    private static final int ROUNDS = 8;

    /** Halves of one or two bits would mix too poorly for the few permutations of a small set to be equally likely. */
    private static final int LEAST_HALF_BITS = 3;

    public EpochOrder {
        if (size < 1) {
            throw new IllegalArgumentException("an order must have at least 1 element, had " + size);
        }
    }

    /** The order in which a run of that seed trains on so many elements. */
    public static EpochOrder ofTraining(long seed, int size) {
        return new EpochOrder(seed, Purpose.TRAINING_ORDER, size);
    }

    /** The element at the given place of the endless sequence; epoch {@code e} is the places from {@code e * size} on. */
    public int at(long place) {
        if (place < 0) {
            throw new IllegalArgumentException("a place in an order must be at least 0, was " + place);
        }
        long key = KeyedRandom.key(seed, purpose, place / size);
        int element = (int) (place % size);
        do {
            element = permuted(key, element);
        } while (element >= size);
        return element;
    }

    private int permuted(long key, int element) {
        int halfBits = Math.max(LEAST_HALF_BITS, (Integer.SIZE - Integer.numberOfLeadingZeros(size - 1) + 1) / 2);
        int mask = (1 << halfBits) - 1;
        int left = element >>> halfBits;
        int right = element & mask;
        for (int round = 0; round < ROUNDS; round++) {
            int mixed = left ^ (int) (KeyedRandom.mix(key + ((long) round << 32) + right) & mask);
            left = right;
            right = mixed;
        }
        return left << halfBits | right;
    }
}
