package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.learning.DivergenceReading.Anchor;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.objective.TokenBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures every divergence of the policy from reference and from behaviour on one batch. The samples are the behaviour's:
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
    private final MonitorSettings settings;
    private final Map<String, FDivergence> divergences;

    /** Sums over tokens: first of all divergences from behaviour, then of all from the reference. */
    private final double[] sums;

    private long tokens;
    private long referencedTokens;

    /** @param inForce measured as well if it has no name of its own, such as {@code alpha:0.3} */
    DivergenceMonitor(MonitorSettings settings, Regularisation inForce) {
        this.settings = settings;
        this.divergences = new LinkedHashMap<>(DivergenceSpec.named());
        inForce.divergence().ifPresent(divergence -> divergences.putIfAbsent(inForce.spec(), divergence));
        this.sums = new double[2 * divergences.size()];
    }

    /** @param logProbs (tokens,) of the policy; its gradient is left alone */
    void add(TokenBatch batch, NDArray logProbs) {
        NDArray policy = logProbs.stopGradient(); // (tokens,), as all arrays but sums
        NDArray toBehaviour = clamp(policy.sub(batch.behaviour()));
        NDList scalars = new NDList();
        for (FDivergence divergence : divergences.values()) {
            scalars.add(sum(DivergenceEstimators.fromAnchor(divergence, toBehaviour), batch));
        }
        NDArray reference = batch.reference();
        if (reference != null) {
            NDArray toReference = clamp(policy.sub(reference));
            for (FDivergence divergence : divergences.values()) {
                NDArray estimate =
                        DivergenceEstimators.fromBehaviour(divergence, toReference, toBehaviour, settings.weightCap());
                scalars.add(sum(estimate, batch));
            }
            referencedTokens += policy.size();
        }
        float[] values = NDArrays.stack(scalars).toFloatArray();
        for (int i = 0; i < values.length; i++) {
            sums[i] += values[i];
        }
        tokens += policy.size();
    }

    /** Of the tokens added so far; none from the reference if the run has none. */
    List<DivergenceReading> readings() {
        List<DivergenceReading> readings = new ArrayList<>();
        int next = 0;
        for (String spec : divergences.keySet()) {
            readings.add(new DivergenceReading(spec, Anchor.BEHAVIOUR, sums[next] / tokens));
            if (referencedTokens > 0) {
                double sum = sums[divergences.size() + next];
                readings.add(new DivergenceReading(spec, Anchor.REFERENCE, sum / referencedTokens));
            }
            next++;
        }
        return readings;
    }

    private NDArray clamp(NDArray logRatio) {
        return logRatio.clip(-settings.logRatioClamp(), settings.logRatioClamp());
    }

    private static NDArray sum(NDArray estimate, TokenBatch batch) {
        return estimate.mul(batch.samplingCorrection()).sum();
    }
}
