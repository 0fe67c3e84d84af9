package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.objective.TokenScores;
import java.util.Optional;

/** A micro-batch whose graph is held as a whole. */
record WholeScores(TokenScores scores, Optional<NDArray> trajectory) implements ScoredTokens {
    @Override
    public void backward(NDArray loss) {
        Gradients.accumulate(loss);
    }
}
