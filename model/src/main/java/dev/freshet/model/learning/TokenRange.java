package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;

/** A part of a batch's picked positions, from the first on, of which the first {@code tokens} have a target. */
record TokenRange(int first, int picks, int tokens) {
    static TokenRange all(PackedSequences batch) {
        return new TokenRange(
                0, (int) batch.picks().size(), (int) batch.targets().size());
    }

    /** Those of an array's rows, one for each pick; what is computed from them belongs to {@code owner}, too. */
    NDArray ofPicks(NDArray rows, NDManager owner) {
        return slice(rows, picks, owner);
    }

    /** Those of an array's rows, one for each target; what is computed from them belongs to {@code owner}, too. */
    NDArray ofTokens(NDArray rows, NDManager owner) {
        return slice(rows, tokens, owner);
    }

    private NDArray slice(NDArray rows, int count, NDManager owner) {
        NDArray slice = rows.get(new NDIndex(first + ":" + (first + count)));
        slice.attach(owner);
        return slice;
    }

    /** A temperature that is a scalar, or (picks, 1). */
    NDArray ofTemperature(NDArray temperature, NDManager owner) {
        return temperature.getShape().dimension() == 0 ? temperature : ofPicks(temperature, owner);
    }
}
