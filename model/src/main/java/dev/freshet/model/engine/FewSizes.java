package dev.freshet.model.engine;

/**
 * Sizes for batches that could have any. oneDNN makes code for each shape of a matrix product, which takes longer than a small
 * product itself, and keeps it for when the shape comes again.
 */
public final class FewSizes {
    private static final int PADDED = 16;
    private static final int PADDED_ROUGHLY = 8;
    private static final int TAKEN = 4;

    private FewSizes() {}

    /** The next size, at most a sixteenth larger: for what is padded. From 16 on they are even. */
    public static int atLeast(int size) {
        int step = step(size, PADDED);
        return up(size, size < PADDED ? step : Math.max(2, step));
    }

    /** The next size, at most an eighth larger: for what has more sizes than all else, and is the smaller part of the work. */
    public static int atLeastRoughly(int size) {
        return up(size, step(size, PADDED_ROUGHLY));
    }

    /** The next smaller size, more than four fifths of it: for what can wait for the next batch. */
    public static int atMost(int size) {
        int step = step(size, TAKEN);
        return size / step * step;
    }

    private static int up(int size, int step) {
        return Math.addExact(size, step - 1) / step * step;
    }

    private static int step(int size, int sizesOfAnOctave) {
        if (size < 1) {
            throw new IllegalArgumentException("a batch must have a size of at least 1, was " + size);
        }
        return Math.max(1, Integer.highestOneBit(size) / sizesOfAnOctave);
    }
}
