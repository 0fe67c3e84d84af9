package dev.freshet.model.engine;

/**
 * Sizes for batches that could have any. oneDNN makes code for each shape of a matrix product, which takes longer than a small
 * product itself, and keeps it for when the shape comes again.
 */
public final class FewSizes {
    private static final int PADDED = 8;
    private static final int TAKEN = 4;

    private FewSizes() {}

    /** The next size, at most an eighth larger: for what is padded. */
    public static int atLeast(int size) {
        int step = step(size, PADDED);
        return Math.addExact(size, step - 1) / step * step;
    }

    /** The next smaller size, more than four fifths of it: for what can wait for the next batch. */
    public static int atMost(int size) {
        int step = step(size, TAKEN);
        return size / step * step;
    }

    private static int step(int size, int sizesOfAnOctave) {
        if (size < 1) {
            throw new IllegalArgumentException("a batch must have a size of at least 1, was " + size);
        }
        return Math.max(1, Integer.highestOneBit(size) / sizesOfAnOctave);
    }
}
