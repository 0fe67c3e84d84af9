package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.learning.DivergenceReading.Anchor;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.objective.TokenBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures every divergence of the policy from reference and from behaviour on a sample of one batch's tokens, which is spread
 * evenly over it. The samples are the behaviour's:
 *
 * <pre>
 *   from reference p    mean of c min(w, cap) f(t)/t    t = pi/p,  w = pi/mu
 *   from behaviour mu   mean of c f(t)                  t = pi/mu
 *
 *   pi  TokenScores.logProbs    mu  TokenBatch.behaviour    p  TokenBatch.reference    c  TokenBatch.samplingCorrection
 * </pre>
 *
 * <p>Log ratios are clamped as in the loss. After a batch's first update pi is the updated policy, as it is in the loss.
 */
final class DivergenceMonitor {
    private static final double GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

    private final MonitorSettings settings;
    private final Map<String, FDivergence> divergences;

    // One array a micro-batch, (tokens,) each.
    private final List<float[]> policy = new ArrayList<>();
    private final List<float[]> behaviour = new ArrayList<>();
    private final List<float[]> correction = new ArrayList<>();
    private final List<float[]> reference = new ArrayList<>();

    private int tokens;

    /** @param inForce measured as well if it has no name of its own, such as {@code alpha:0.3} */
    DivergenceMonitor(MonitorSettings settings, Regularisation inForce) {
        this.settings = settings;
        this.divergences = new LinkedHashMap<>(DivergenceSpec.named());
        inForce.divergence().ifPresent(divergence -> divergences.putIfAbsent(inForce.spec(), divergence));
    }

    /** @param logProbs of the policy, of each of the micro-batch's tokens */
    void add(TokenBatch batch, float[] logProbs) {
        policy.add(logProbs);
        behaviour.add(batch.behaviour().toFloatArray());
        correction.add(batch.samplingCorrection().toFloatArray());
        if (batch.reference() != null) {
            reference.add(batch.reference().toFloatArray());
        }
        tokens += logProbs.length;
    }

    /**
     * Of the tokens added so far; none from the reference if the run has none. All at once, and from both anchors by one formula,
     * since the arrays are so short that an operation's cost is that of its call.
     *
     * @param owner of what is computed meanwhile
     */
    List<DivergenceReading> readings(NDManager owner) {
        NDArray logPolicy = OwnedArray.of(sample(policy), owner); // (sampled tokens,)
        NDArray corrections = OwnedArray.of(sample(correction), owner);
        NDArray toBehaviour = clamp(logPolicy.sub(OwnedArray.of(sample(behaviour), owner)));
        NDArray ratio = toBehaviour.exp();
        List<Anchor> anchors = new ArrayList<>(List.of(Anchor.BEHAVIOUR));
        NDList logRatios = new NDList(toBehaviour);
        NDList weights = new NDList(ratio.mul(corrections)); // f(t) = t f(t)/t
        if (!reference.isEmpty()) {
            anchors.add(Anchor.REFERENCE);
            logRatios.add(clamp(logPolicy.sub(OwnedArray.of(sample(reference), owner))));
            weights.add(Scalars.minimum(ratio, settings.weightCap()).mul(corrections));
        }
        NDArray logRatio = NDArrays.stack(logRatios); // (anchors, sampled tokens)
        NDArray weight = NDArrays.stack(weights); // (anchors, sampled tokens)
        NDList means = new NDList(); // (anchors,) each
        for (FDivergence divergence : divergences.values()) {
            means.add(divergence.valueOnPolicy(logRatio).mul(weight).mean(new int[] {1}));
        }
        float[] values = NDArrays.stack(means).toFloatArray();
        List<DivergenceReading> readings = new ArrayList<>();
        for (String spec : divergences.keySet()) {
            for (Anchor against : anchors) {
                readings.add(new DivergenceReading(spec, against, values[readings.size()]));
            }
        }
        return readings;
    }

    private float[] sample(List<float[]> microBatches) {
        float[] all = new float[tokens];
        int start = 0;
        for (float[] values : microBatches) {
            System.arraycopy(values, 0, all, start, values.length);
            start += values.length;
        }
        int[] picks = picks(tokens, settings.tokens());
        float[] sample = new float[picks.length];
        for (int i = 0; i < picks.length; i++) {
            sample[i] = all[picks[i]];
        }
        return sample;
    }

    /**
     * Ascending indices below {@code tokens}: all, or one of each of so many stretches of equal length. Where in its stretch goes with
     * the golden ratio, since sequences that are all three tokens long would meet a fixed stride at one of the three only.
     */
    static int[] picks(int tokens, int most) {
        if (tokens <= most) {
            return IntStream.range(0, tokens).toArray();
        }
        double stretch = (double) tokens / most;
        return IntStream.range(0, most)
                .map(i -> (int) ((i + i * GOLDEN_RATIO % 1) * stretch))
                .toArray();
    }

    private NDArray clamp(NDArray logRatio) {
        return Scalars.clip(logRatio, -settings.logRatioClamp(), settings.logRatioClamp());
    }
}
