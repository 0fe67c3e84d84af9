package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * The learner's scores of one answer to each of some examples.
 *
 * @param logProbs (tokens,) of the answers' tokens, one answer behind the other; carries the gradient
 * @param reference (tokens,) of the same tokens under the reference, without gradient; null if the method reads none
 * @param segments which tokens are one answer's
 */
record AnswerScores(NDArray logProbs, @Nullable NDArray reference, Segments segments) {
    /** (examples,): the mean over an answer's tokens of the probability, not of its logarithm. */
    NDArray meanProbability() {
        return segments.mean(logProbs.exp());
    }

    /** (examples,) */
    NDArray meanLogProb() {
        return segments.mean(logProbs);
    }

    /** (examples,): ln pi / ref of the whole answer. */
    NDArray logRatio() {
        if (reference == null) {
            throw new IllegalArgumentException("the method needs reference log-probs of the answers, there are none"
                    + " (freshet.objective, freshet.reference)");
        }
        return segments.sum(logProbs.sub(reference));
    }

    /** (examples,), in the log-probs' precision. */
    NDArray lengths() {
        return segments.lengths().toType(logProbs.getDataType(), false);
    }
}
