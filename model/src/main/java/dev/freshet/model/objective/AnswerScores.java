package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The learner's scores of one answer to each of some examples. All arrays are (examples,), and all but the lengths carry the gradient.
 *
 * @param meanProbability mean over an answer's tokens of the probability, not of its logarithm
 * @param meanLogProb mean over an answer's tokens of the log-prob
 * @param logRatio ln pi / ref of the whole answer; null where there is no reference
 * @param lengths tokens of each answer
 */
record AnswerScores(
        NDArray meanProbability,
        NDArray meanLogProb,
        @Nullable NDArray logRatio,
        NDArray lengths) {
    /**
     * @param logProbs (tokens,) of sequences that stand one behind the other
     * @param reference (tokens,) of the same tokens under the reference, without gradient
     * @param segments which tokens are one sequence's
     * @param chosen (examples,) from (sequences,): those of the wanted answer
     */
    static AnswerScores of(
            NDArray logProbs, @Nullable NDArray reference, Segments segments, UnaryOperator<NDArray> chosen) {
        NDArray lengths = segments.lengths().toType(logProbs.getDataType(), false); // (sequences,)
        return new AnswerScores(
                chosen.apply(segments.mean(logProbs.exp())),
                chosen.apply(segments.mean(logProbs)),
                reference == null ? null : chosen.apply(segments.sum(logProbs.sub(reference))),
                chosen.apply(lengths));
    }

    NDArray requireLogRatio() {
        if (logRatio == null) {
            throw new IllegalArgumentException("the method needs reference log-probs of the answers, there are none"
                    + " (freshet.objective, freshet.reference)");
        }
        return logRatio;
    }
}
