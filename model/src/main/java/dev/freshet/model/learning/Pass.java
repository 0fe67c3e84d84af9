package dev.freshet.model.learning;

/** What a pass over a mini-batch is for. */
enum Pass {
    /** Gradients at the weights as they are, and all that is measured and remembered. */
    LEARN,
    /** Gradients at weights that were moved, and nothing else. */
    LEARN_MOVED,
    /** The loss alone, at weights that were moved. */
    MEASURE_MOVED;

    boolean hasGradients() {
        return this != MEASURE_MOVED;
    }

    boolean isAtTheWeights() {
        return this == LEARN;
    }
}
