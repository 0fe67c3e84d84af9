package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.engine.Precision;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which of a micro-batch's tokens belong to one rollout; none is cut in two by the micro-batch's bounds. Sums are gathers, which
 * need no code made for their shape, as matrix products would.
 *
 * @param places (sequences, longest) where each sequence's tokens stand, filled up with the place behind the last token
 * @param owners (tokens,) the sequence of each token
 * @param lengths (sequences,) tokens of each, as floats
 */
public record Segments(NDArray places, NDArray owners, NDArray lengths) {
    /** @param lengths tokens of each sequence, at least 1, in the order in which they stand behind each other */
    public static Segments of(int[] lengths, NDManager owner) {
        int tokens = IntStream.of(lengths).sum();
        int longest = IntStream.of(lengths).max().orElseThrow();
        long[] places = new long[Math.multiplyExact(lengths.length, longest)];
        long[] owners = new long[tokens];
        float[] floats = new float[lengths.length];
        Arrays.fill(places, tokens);
        int token = 0;
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            floats[sequence] = lengths[sequence];
            for (int i = 0; i < lengths[sequence]; i++) {
                places[sequence * longest + i] = token;
                owners[token] = sequence;
                token++;
            }
        }
        return new Segments(
                OwnedArray.of(places, new Shape(lengths.length, longest), owner),
                OwnedArray.of(owners, owner),
                OwnedArray.of(floats, owner));
    }

    /** (sequences,) from (tokens,), in the same type, added up in double precision; carries the gradient. */
    public NDArray sum(NDArray perToken) {
        NDArray wide = Precision.widened(perToken);
        NDArray none = wide.getManager().zeros(new Shape(1), DataType.FLOAT64);
        NDArray padded = NDArrays.concat(new NDList(wide, none));
        NDArray rows = padded.gather(places.flatten(), 0).reshape(places.getShape());
        return Precision.as(perToken.getDataType(), rows.sum(new int[] {1}));
    }

    /** (sequences,) from (tokens,). */
    public NDArray mean(NDArray perToken) {
        return sum(perToken).div(lengths.toType(perToken.getDataType(), false));
    }

    /** (tokens,) from (sequences,): each token has its sequence's number. */
    public NDArray spread(NDArray perSequence) {
        return perSequence.gather(owners, 0);
    }
}
