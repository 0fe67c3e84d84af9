package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Divergences of a policy pi from its reference p, on tokens that pi sampled:
 *
 * <pre>
 *   mean over tokens of c f(t)/t    t = pi/p,  c = pi/sampled
 * </pre>
 *
 * <p>pi is {@link Rollout#behaviour}: the samples are of one version, and so need no importance weight but c, for what top-k or
 * top-p cut away. Log ratios are clamped as in {@link DivergenceMonitor}.
 */
public final class SampledReferenceDistance implements ReferenceDistance {
    private final LogProbScorer reference;
    private final ComputeSettings compute;
    private final float clamp;
    private final EngineThread thread;

    private SampledReferenceDistance(
            LogProbScorer reference, ComputeSettings compute, float clamp, EngineThread thread) {
        this.reference = reference;
        this.compute = compute;
        this.clamp = clamp;
        this.thread = thread;
    }

    /**
     * Copies the reference's weights into native memory of its own; waits until that is done.
     *
     * @throws IllegalArgumentException if the weights are not those of the decoder
     */
    public static SampledReferenceDistance start(
            DecoderConfig config, ScorerSettings scorer, MonitorSettings monitors, List<TensorData> weights)
            throws InterruptedException {
        return new SampledReferenceDistance(
                DecoderLogProbScorer.start(config, scorer, weights),
                scorer.compute(),
                (float) monitors.logRatioClamp(),
                EngineThread.start("reference-distance", 1));
    }

    @Override
    public CompletionStage<Map<String, Double>> of(RolloutGroup group) {
        return reference.score(group).thenCompose(scores -> thread.submit(() -> estimate(group, scores)));
    }

    @Override
    public void close() {
        reference.close();
        thread.close();
    }

    private Map<String, Double> estimate(RolloutGroup group, List<LogProbs> scores) {
        int tokens = group.completionTokens();
        float[] logRatio = new float[tokens];
        float[] correction = new float[tokens];
        int token = 0;
        for (int i = 0; i < scores.size(); i++) {
            Rollout rollout = group.rollouts().get(i);
            for (int place = 0; place < rollout.completion().size(); place++) {
                float policy = rollout.behaviour().get(place);
                logRatio[token] = policy - scores.get(i).get(place);
                correction[token] = (float) Math.exp(policy - rollout.sampled().get(place));
                token++;
            }
        }
        try (NDManager owner = compute.device().newManager(ArrayKind.OTHER)) {
            return estimates(owner.create(logRatio).clip(-clamp, clamp), owner.create(correction));
        }
    }

    /**
     * All at once, since the arrays are so short that an operation's cost is that of its call.
     *
     * @param logRatio (tokens,)
     * @param correction (tokens,)
     */
    static Map<String, Double> estimates(NDArray logRatio, NDArray correction) {
        NDList means = new NDList();
        for (FDivergence divergence : DivergenceSpec.named().values()) {
            means.add(divergence.valueOnPolicy(logRatio).mul(correction).mean());
        }
        float[] values = NDArrays.stack(means).toFloatArray();
        Map<String, Double> estimates = new LinkedHashMap<>();
        for (String spec : DivergenceSpec.named().keySet()) {
            estimates.put(spec, (double) values[estimates.size()]);
        }
        return estimates;
    }
}
