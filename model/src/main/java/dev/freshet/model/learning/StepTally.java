package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.freshet.model.learning.UpdateRule.Update;
import dev.freshet.model.objective.ObjectiveLoss;
import dev.freshet.model.objective.RehearsalLoss;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a step saw, summed over the tokens of the mini-batches that were applied; a skipped one only counts as skipped. Tokens of
 * rollouts and of rehearsal are counted apart.
 */
final class StepTally {
    private final Map<Sum, Double> sums = new EnumMap<>(Sum.class);
    private final SharpnessMean sharpness = new SharpnessMean();
    private long tokens;
    private long rehearsalTokens;
    private double normTotal;
    private int applied;
    private int skipped;

    /** Sums over tokens; that of the loss is weighted, so that it adds up to one loss for each mini-batch. */
    enum Sum {
        LOSS,
        ENTROPY,
        DIVERGENCE,
        RATIO,
        SQUARED_RATIO,
        CLIPPED_LOW,
        CLIPPED_HIGH,
        CLAMPED,
        CAPPED,
        REHEARSAL_DIVERGENCE,
        REHEARSAL_CLAMPED,
        TRAJECTORY
    }

    /** One mini-batch, while its micro-batches run. */
    static final class MiniBatch {
        private final Map<Sum, Double> sums = new EnumMap<>(Sum.class);
        private long tokens;
        private long rehearsalTokens;

        /** Reads a micro-batch's scalars in one transfer. */
        void add(ObjectiveLoss loss, NDArray entropy, long scoredTokens) {
            Map<Sum, NDArray> scalars = new EnumMap<>(Sum.class);
            scalars.put(Sum.LOSS, loss.loss().stopGradient());
            scalars.put(Sum.ENTROPY, entropy.sum());
            scalars.put(Sum.DIVERGENCE, loss.divergence());
            scalars.put(Sum.RATIO, loss.ratio());
            scalars.put(Sum.SQUARED_RATIO, loss.squaredRatio());
            scalars.put(Sum.CLIPPED_LOW, loss.clippedLow());
            scalars.put(Sum.CLIPPED_HIGH, loss.clippedHigh());
            scalars.put(Sum.CLAMPED, loss.clampedLogRatios());
            scalars.put(Sum.CAPPED, loss.cappedWeights());
            addAll(scalars);
            tokens += scoredTokens;
        }

        /** The same for a micro-batch of rehearsal sequences. */
        void add(RehearsalLoss loss, long scoredTokens) {
            Map<Sum, NDArray> scalars = new EnumMap<>(Sum.class);
            scalars.put(Sum.LOSS, loss.loss().stopGradient());
            scalars.put(Sum.REHEARSAL_DIVERGENCE, loss.divergence());
            scalars.put(Sum.REHEARSAL_CLAMPED, loss.clampedLogRatios());
            addAll(scalars);
            rehearsalTokens += scoredTokens;
        }

        /** @param perToken trajectory losses of a micro-batch's rollouts */
        void addTrajectory(NDArray perToken) {
            addAll(Map.of(Sum.TRAJECTORY, perToken.stopGradient().sum()));
        }

        private void addAll(Map<Sum, NDArray> scalars) {
            float[] values = NDArrays.stack(new NDList(scalars.values())).toFloatArray();
            int next = 0;
            for (Sum sum : scalars.keySet()) {
                sums.merge(sum, (double) values[next], Double::sum);
                next++;
            }
        }

        /** Of the micro-batches so far; NaN if there was none. */
        double loss() {
            return sums.getOrDefault(Sum.LOSS, Double.NaN);
        }
    }

    void applied(MiniBatch miniBatch, Update update) {
        miniBatch.sums.forEach((sum, value) -> sums.merge(sum, value, Double::sum));
        tokens += miniBatch.tokens;
        rehearsalTokens += miniBatch.rehearsalTokens;
        normTotal += update.gradientNorm();
        sharpness.add(update.sharpness());
        applied++;
    }

    void skipped() {
        skipped++;
    }

    int appliedCount() {
        return applied;
    }

    int skippedCount() {
        return skipped;
    }

    /** Like every mean here, NaN if no mini-batch was applied. */
    double meanLoss() {
        return total(Sum.LOSS) / applied;
    }

    double meanGradientNorm() {
        return normTotal / applied;
    }

    double perToken(Sum sum) {
        return total(sum) / tokens;
    }

    /** Per token, of rollouts and of rehearsal: where the objective estimates it on both, each has a half of it. */
    double divergence() {
        double onRehearsal = rehearsalTokens == 0 ? 0 : total(Sum.REHEARSAL_DIVERGENCE) / rehearsalTokens;
        return perToken(Sum.DIVERGENCE) + onRehearsal;
    }

    /** Share of all tokens, those of rehearsal included, whose log ratio was clamped. */
    double clamped() {
        return (total(Sum.CLAMPED) + total(Sum.REHEARSAL_CLAMPED)) / (tokens + rehearsalTokens);
    }

    /** (sum w)^2 / (n sum w^2) of the ratios of policy over behaviour: Kong 1992. */
    double effectiveSampleSize() {
        return total(Sum.RATIO) * total(Sum.RATIO) / (tokens * total(Sum.SQUARED_RATIO));
    }

    /** What else is told of the step, by name. */
    Map<String, Double> measures() {
        Map<String, Double> measures = new LinkedHashMap<>();
        if (sums.containsKey(Sum.TRAJECTORY)) {
            measures.put("trajectory_loss", perToken(Sum.TRAJECTORY));
        }
        sharpness.putInto(measures);
        return measures;
    }

    private double total(Sum sum) {
        return sums.getOrDefault(sum, 0.0);
    }
}
