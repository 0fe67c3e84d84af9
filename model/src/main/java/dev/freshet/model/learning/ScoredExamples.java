package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.freshet.model.objective.ExampleScores;
import dev.freshet.model.objective.TokenScores;
import java.util.Optional;

/**
 * A forward pass of a micro-batch of examples, and how to go back through it.
 *
 * @param scored what is gone back through
 */
record ScoredExamples(ExampleScores scores, ScoredTokens scored) {
    /**
     * @param distributions whether the objective wants those of the whole vocabulary, which are then held at once
     * @param trajectory what the loss is held to beside the objective
     * @param logitsAtOnce log-probs that are held at once where only the trajectory is made of them
     */
    static ScoredExamples of(
            TrainableDecoder decoder,
            PackedSequences packed,
            boolean distributions,
            Optional<VocabularyTerm> trajectory,
            int logitsAtOnce) {
        if (!distributions) {
            ScoredTokens scored = decoder.score(packed, VocabularyTerms.of(trajectory), logitsAtOnce);
            TokenScores scores = scored.scores();
            return new ScoredExamples(new ExampleScores(scores.logProbs(), scores.entropy(), null), scored);
        }
        NDList scores = decoder.vocabularyScores(packed);
        Optional<NDArray> perToken = trajectory.map(term -> term.of(packed).at(TokenRange.all(packed), scores.get(2)));
        return new ScoredExamples(
                new ExampleScores(scores.get(0), scores.get(1), scores.get(2)),
                new WholeScores(new TokenScores(scores.get(0), scores.get(1), null), perToken));
    }

    /** (tokens,), carries the gradient. */
    Optional<NDArray> trajectory() {
        return scored.trajectory();
    }

    void backward(NDArray loss) {
        scored.backward(loss);
    }
}
