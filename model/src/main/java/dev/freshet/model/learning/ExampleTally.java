package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.freshet.model.learning.UpdateRule.Update;
import dev.freshet.model.objective.DatasetLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a step on a dataset saw, over the mini-batches that were applied; a skipped one only counts as skipped. */
final class ExampleTally {
    private final MiniBatch sums = new MiniBatch();
    private final SharpnessMean sharpness = new SharpnessMean();
    private double normTotal;
    private int applied;
    private int skipped;

    /** One mini-batch, while its micro-batches run. */
    static final class MiniBatch {
        private final Map<String, Mean> measures = new LinkedHashMap<>();
        private double loss;
        private double entropy;
        private long tokens;

        /** Reads a micro-batch's scalars in one transfer. */
        void add(DatasetLoss micro, NDArray entropies) {
            NDList scalars = new NDList(micro.loss().stopGradient(), entropies.sum());
            micro.measures().values().forEach(measure -> scalars.add(measure.sum()));
            double[] values =
                    NDArrays.stack(scalars).toType(DataType.FLOAT64, false).toDoubleArray();
            loss += values[0];
            entropy += values[1];
            tokens += entropies.size();
            int next = 2;
            for (Map.Entry<String, DatasetLoss.Measure> measure :
                    micro.measures().entrySet()) {
                measures.merge(
                        measure.getKey(),
                        new Mean(values[next], measure.getValue().count()),
                        Mean::plus);
                next++;
            }
        }

        /** Of the micro-batches so far. */
        double loss() {
            return loss;
        }

        private void add(MiniBatch other) {
            loss += other.loss;
            entropy += other.entropy;
            tokens += other.tokens;
            other.measures.forEach((name, mean) -> measures.merge(name, mean, Mean::plus));
        }
    }

    private record Mean(double sum, long count) {
        Mean plus(Mean other) {
            return new Mean(sum + other.sum, count + other.count);
        }
    }

    void applied(MiniBatch miniBatch, Update update) {
        sums.add(miniBatch);
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
        return sums.loss / applied;
    }

    double meanEntropy() {
        return sums.entropy / sums.tokens;
    }

    double meanGradientNorm() {
        return normTotal / applied;
    }

    /** By name; empty if no mini-batch was applied. */
    Map<String, Double> measures() {
        Map<String, Double> means = new LinkedHashMap<>();
        sums.measures.forEach((name, mean) -> means.put(name, mean.sum() / mean.count()));
        sharpness.putInto(means);
        return means;
    }
}
