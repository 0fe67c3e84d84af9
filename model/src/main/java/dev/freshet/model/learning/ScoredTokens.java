package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.objective.TokenScores;
import java.util.Optional;

/** A forward pass of a micro-batch, and how to go back through it. Belongs to the micro-batch's owner. */
interface ScoredTokens {
    TokenScores scores();

    /** (tokens,) of {@link VocabularyTerms#trajectory}; carries the gradient. */
    Optional<NDArray> trajectory();

    /** Adds the gradients of a scalar made of all of these to those that the decoder has accumulated. Once at most. */
    void backward(NDArray loss);
}
