package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A micro-batch's numbers, and what an objective makes of them in either precision.
 *
 * @param lengths tokens of each rollout
 * @param exactDivergence of each token's state, as the learner would have summed it
 */
record Tokenwise(
        List<Double> logProbs,
        List<Double> behaviour,
        List<Double> proximal,
        List<Double> advantage,
        List<Double> correction,
        @Nullable List<Double> reference,
        List<Double> weight,
        List<Integer> lengths,
        @Nullable List<Double> exactDivergence) {

    /** Tokens of weight 1 and advantage 0, sampled without truncation, each a rollout; the proximal policy is the behaviour. */
    static Tokenwise of(List<Double> logProbs, List<Double> behaviour) {
        List<Double> ones = Collections.nCopies(logProbs.size(), 1.0);
        List<Double> zeros = Collections.nCopies(logProbs.size(), 0.0);
        List<Integer> lengths = Collections.nCopies(logProbs.size(), 1);
        return new Tokenwise(logProbs, behaviour, behaviour, zeros, ones, null, ones, lengths, null);
    }

    Tokenwise withLogProbs(List<Double> other) {
        return new Tokenwise(
                other, behaviour, proximal, advantage, correction, reference, weight, lengths, exactDivergence);
    }

    Tokenwise withProximal(List<Double> other) {
        return new Tokenwise(
                logProbs, behaviour, other, advantage, correction, reference, weight, lengths, exactDivergence);
    }

    Tokenwise withAdvantage(List<Double> other) {
        return new Tokenwise(
                logProbs, behaviour, proximal, other, correction, reference, weight, lengths, exactDivergence);
    }

    Tokenwise withCorrection(List<Double> other) {
        return new Tokenwise(
                logProbs, behaviour, proximal, advantage, other, reference, weight, lengths, exactDivergence);
    }

    Tokenwise withReference(List<Double> other) {
        return new Tokenwise(
                logProbs, behaviour, proximal, advantage, correction, other, weight, lengths, exactDivergence);
    }

    Tokenwise withWeight(List<Double> other) {
        return new Tokenwise(
                logProbs, behaviour, proximal, advantage, correction, reference, other, lengths, exactDivergence);
    }

    Tokenwise withLengths(List<Integer> other) {
        return new Tokenwise(
                logProbs, behaviour, proximal, advantage, correction, reference, weight, other, exactDivergence);
    }

    Tokenwise withExactDivergence(List<Double> other) {
        return new Tokenwise(logProbs, behaviour, proximal, advantage, correction, reference, weight, lengths, other);
    }

    /** The same with one log-prob moved. */
    Tokenwise moved(int token, double step) {
        List<Double> moved = new ArrayList<>(logProbs);
        moved.set(token, logProbs.get(token) + step);
        return withLogProbs(moved);
    }

    /** What an objective says, with the loss's gradient at the log-probs. */
    record Outcome(
            double loss,
            List<Double> gradient,
            double divergence,
            double ratio,
            double squaredRatio,
            double clippedLow,
            double clippedHigh,
            double clamped,
            double capped) {}

    Outcome under(PolicyObjective objective) {
        return under(objective, DataType.FLOAT64);
    }

    Outcome under(PolicyObjective objective, DataType type) {
        try (NDManager manager = NDManager.newBaseManager()) {
            JniUtils.setGraphExecutorOptimize(false);
            JniUtils.setNumThreads(1);
            JniUtils.setGradMode(true);
            NDArray current = array(manager, logProbs, type);
            current.setRequiresGradient(true);
            TokenBatch batch = new TokenBatch(
                    array(manager, advantage, type),
                    array(manager, behaviour, type),
                    array(manager, proximal, type),
                    array(manager, correction, type),
                    reference == null ? null : array(manager, reference, type),
                    array(manager, weight, type),
                    Segments.of(lengths.stream().mapToInt(Integer::intValue).toArray(), manager));
            NDArray divergence = exactDivergence == null ? null : array(manager, exactDivergence, type);
            TokenScores scores = new TokenScores(current, current.zerosLike(), divergence);
            ObjectiveLoss loss = objective.loss(batch, scores);
            JniUtils.backward((PtNDArray) loss.loss(), (PtNDArray) loss.loss().onesLike(), false, false);
            return new Outcome(
                    scalar(loss.loss()),
                    doubles(current.getGradient()),
                    scalar(loss.divergence()),
                    scalar(loss.ratio()),
                    scalar(loss.squaredRatio()),
                    scalar(loss.clippedLow()),
                    scalar(loss.clippedHigh()),
                    scalar(loss.clampedLogRatios()),
                    scalar(loss.cappedWeights()));
        }
    }

    private static NDArray array(NDManager manager, List<Double> values, DataType type) {
        double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
        return manager.create(numbers).toType(type, false);
    }

    private static double scalar(NDArray array) {
        return array.toType(DataType.FLOAT64, false).getDouble();
    }

    private static List<Double> doubles(NDArray array) {
        return Arrays.stream(array.toType(DataType.FLOAT64, false).toDoubleArray())
                .boxed()
                .toList();
    }
}
