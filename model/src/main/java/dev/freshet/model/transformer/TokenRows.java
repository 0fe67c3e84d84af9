package dev.freshet.model.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.OwnedArray;

/**
 * Rows of tokens as the decoder's program takes them. In a plain row every position sees all those before it. Under a layout, a row
 * holds trees of tokens, side by side: a trunk, the prompt, and branches behind it, its completions, which do not see each other.
 *
 * @param ids (rows, positions) token ids, padded with token 0, which no other position ever sees
 * @param layout (3, rows, positions): what number a position has in its sequence; which tree of its row it is of, below 0 for padding;
 *     which branch of that tree, 0 for its trunk. Of one element only: the rows are plain
 */
public record TokenRows(NDArray ids, NDArray layout) {
    /** Rows that have a sequence each, from their first position on. */
    public static TokenRows plain(NDArray ids) {
        return new TokenRows(ids, ids.getManager().zeros(new Shape(1), DataType.INT64));
    }

    /**
     * @param ids of {@code rows} times {@code width} positions, row by row
     * @param layout numbers of all positions in their sequence, then their trees, then their branches
     */
    public static TokenRows of(long[] ids, long[] layout, int rows, int width, NDManager owner) {
        return new TokenRows(
                OwnedArray.of(ids, new Shape(rows, width), owner),
                OwnedArray.of(layout, new Shape(3, rows, width), owner));
    }
}
