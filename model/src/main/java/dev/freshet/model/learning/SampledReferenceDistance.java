package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.engine.WaitingRequests;
import dev.freshet.model.learning.ScorerSettings.Batching;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import java.util.ArrayList;
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
 * <p>pi is {@link TokenRatios}' policy: the samples are of one version, and so need no importance weight but c, for what top-k or
 * top-p cut away. Log ratios are clamped as in {@link DivergenceMonitor}.
 */
public final class SampledReferenceDistance implements ReferenceDistance {
    private final LogProbScorer reference;
    private final ScorerSettings settings;
    private final float clamp;
    private final Map<String, FDivergence> divergences;
    private final EngineThread thread;
    private final WaitingRequests<TokenRatios, Map<String, Double>> waiting;

    private SampledReferenceDistance(
            LogProbScorer reference,
            ScorerSettings settings,
            float clamp,
            Map<String, FDivergence> divergences,
            EngineThread thread) {
        this.reference = reference;
        this.settings = settings;
        this.clamp = clamp;
        this.divergences = divergences;
        this.thread = thread;
        this.waiting = new WaitingRequests<>(thread, this::fitting, this::estimates);
    }

    /**
     * Copies the reference's weights into native memory of its own; waits until that is done.
     *
     * @param inForce measured as well if it has no name of its own, such as {@code alpha:0.3}
     * @throws IllegalArgumentException if the weights are not those of the decoder
     */
    public static SampledReferenceDistance start(
            DecoderConfig config,
            ScorerSettings scorer,
            MonitorSettings monitors,
            Regularisation inForce,
            List<TensorData> weights)
            throws InterruptedException {
        Map<String, FDivergence> divergences = new LinkedHashMap<>(DivergenceSpec.named());
        inForce.divergence().ifPresent(divergence -> divergences.putIfAbsent(inForce.spec(), divergence));
        return new SampledReferenceDistance(
                DecoderLogProbScorer.start(config, scorer, weights),
                scorer,
                (float) monitors.logRatioClamp(),
                divergences,
                EngineThread.start("reference-distance", 1));
    }

    @Override
    public CompletionStage<Map<String, Double>> of(RolloutGroup group) {
        return reference.score(group).thenCompose(scores -> waiting.ask(TokenRatios.of(group, scores)));
    }

    @Override
    public void close() {
        reference.close();
        thread.close();
    }

    /**
     * A group's arrays are so short that an operation's cost is that of its call: all groups that wait go together, unless each is to be
     * scored alone, because a token's last bits depend on where in an array it stands.
     */
    private int fitting(List<TokenRatios> groups) {
        return settings.batching() == Batching.GROUP_ALONE ? 1 : groups.size();
    }

    private List<Map<String, Double>> estimates(List<TokenRatios> groups) {
        try (NDManager owner = settings.compute().device().newManager(ArrayKind.OTHER)) {
            NDArray logRatio = OwnedArray.of(TokenRatios.joined(groups, TokenRatios::logRatio), owner);
            NDArray correction = OwnedArray.of(TokenRatios.joined(groups, TokenRatios::correction), owner);
            float[] values = perToken(Scalars.clip(logRatio, -clamp, clamp), correction);
            List<Map<String, Double>> estimates = new ArrayList<>();
            int first = 0;
            for (TokenRatios group : groups) {
                estimates.add(means(values, first, group.tokens()));
                first += group.tokens();
            }
            return estimates;
        }
    }

    /**
     * @param logRatio (tokens,)
     * @param correction (tokens,)
     * @return each divergence's c f(t)/t at each token, one divergence behind the other
     */
    private float[] perToken(NDArray logRatio, NDArray correction) {
        NDList values = new NDList();
        for (FDivergence divergence : divergences.values()) {
            values.add(divergence.valueOnPolicy(logRatio).mul(correction));
        }
        return NDArrays.concat(values).toFloatArray();
    }

    private Map<String, Double> means(float[] values, int first, int count) {
        Map<String, Double> means = new LinkedHashMap<>();
        int tokens = values.length / divergences.size();
        int begin = first;
        for (String spec : divergences.keySet()) {
            double sum = 0;
            for (int token = begin; token < begin + count; token++) {
                sum += values[token];
            }
            means.put(spec, sum / count);
            begin += tokens;
        }
        return means;
    }
}
