package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.typesafe.config.Config;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.objective.DatasetLoss.Measure;
import dev.freshet.model.objective.FSftSettings.Level;
import dev.freshet.model.objective.FSftSettings.Value;
import dev.freshet.model.rollout.LogProbs;
import java.util.List;
import java.util.Map;

/**
 * f-SFT: Wang et al. 2025, "Implicit Reward as the Bridge: A Unified View of SFT and DPO Connections" (arXiv 2507.00018). Imitation of
 * demonstrations in any f-divergence, under a reward that pays for itself, r = beta ln(pi / p) + V_0; f is of policy / demonstrator.
 *
 * <pre>
 *   x    = beta (ln pi - ln p)                               implicit reward of a token, or the sum of a completion
 *   loss = sum over x of weight * (V_0 - phi(x + V_0)) / beta
 *   phi(x) = -f*(-x), f as the literature prints it          FDivergence.phi
 *   V_0  = 0, or what makes the loss least, where the mean of phi'(x + V_0) is 1                             BatchValue
 *
 *   pi  ExampleScores.logProbs    p  ExampleTokens.reference    beta  Regularisation.coefficient    weight  SftSettings.aggregation
 * </pre>
 *
 * <p>Total variation has phi(x) = x, and so the loss of {@link Sft}: the reference drops out. All others weigh a token by phi'(x), which falls
 * as the policy leaves the reference.
 *
 * <p>Deviations. The loss is divided by beta, so that a learning rate means the same for every beta. Of a divergence whose phi ends, implicit
 * rewards below {@link FSftSettings#floor} have the slope at the floor, and are counted.
 */
public record FSft(SftSettings sft, FSftSettings settings, Regularisation regularisation) implements DatasetObjective {
    static final String NAME = "f-sft";

    public FSft {
        if (!(regularisation.coefficient() > 0)) {
            throw new IllegalArgumentException("f-sft must have a divergence-coefficient above 0, was "
                    + regularisation.coefficient()
                    + " (freshet.divergence-coefficient): it is the beta of its implicit rewards");
        }
        regularisation.control().requireStaysAboveZero(NAME);
        FDivergence divergence = divergenceOf(regularisation);
        if (settings.value() == Value.ZERO && settings.floor(divergence) > 0) {
            throw new IllegalArgumentException("f-sft in " + regularisation.spec()
                    + " must have its value solved, since phi is finite above 0 alone, where every policy begins: set"
                    + " freshet.f-sft.value = batch, or choose another freshet.divergence");
        }
    }

    /** Reads {@code freshet.sft}, {@code freshet.f-sft} and the divergence of a whole configuration. */
    public static FSft from(Config config) {
        return new FSft(SftSettings.from(config), FSftSettings.from(config), Regularisation.from(config));
    }

    private static FDivergence divergenceOf(Regularisation regularisation) {
        return regularisation
                .divergence()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "f-sft must have a divergence, had none (freshet.divergence): choose one, or the objective sft"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ExampleKind feedsOn() {
        return ExampleKind.DEMONSTRATION;
    }

    @Override
    public FSft withRegularisation(Regularisation replacement) {
        return new FSft(sft, settings, replacement);
    }

    @Override
    public boolean needsReference() {
        return true;
    }

    @Override
    public double[] exampleWeights(List<TokenisedExample> examples) {
        if (settings.level() == Level.SEQUENCE) {
            return ExampleMeans.weights(examples.size());
        }
        return sft.tokenWeights(examples);
    }

    @Override
    public boolean needsBatchConstant() {
        return settings.value() == Value.BATCH;
    }

    @Override
    public double batchConstant(List<ScoredExample> examples, List<List<LogProbs>> policy, NDManager owner) {
        double[] weights =
                exampleWeights(examples.stream().map(ScoredExample::example).toList());
        BatchValue value = new BatchValue(divergenceOf(regularisation), settings.floor(divergenceOf(regularisation)));
        double beta = regularisation.coefficient();
        for (int i = 0; i < weights.length; i++) {
            LogProbs current = policy.get(i).get(0);
            LogProbs reference = examples.get(i).reference().get(0);
            if (settings.level() == Level.SEQUENCE) {
                value.add(beta * (current.sum() - reference.sum()), weights[i]);
                continue;
            }
            for (int token = 0; token < current.size(); token++) {
                value.add(beta * ((double) current.get(token) - reference.get(token)), weights[i]);
            }
        }
        return value.solved(owner);
    }

    @Override
    public DatasetLoss loss(ExampleTokens batch, ExampleScores current) {
        NDArray logRatio = current.logProbs().sub(batch.requireReference(NAME)); // (tokens,)
        boolean perToken = settings.level() == Level.TOKEN;
        NDArray of = perToken ? logRatio : batch.segments().sum(logRatio); // (tokens,) or (examples,), as all below
        NDArray weight = perToken ? batch.spread(batch.weight()) : batch.weight();
        NDArray reward = Scalars.times(of, regularisation.coefficient());
        ClampedInput shifted = shifted(reward, batch.constant());
        NDArray phi = divergenceOf(regularisation).phi(shifted.value());
        NDArray gap = Scalars.minus(phi, batch.constant()).neg();
        NDArray loss = Scalars.over(gap.mul(weight).sum(), regularisation.coefficient());
        Map<String, Measure> measures = Sft.measures(batch, current);
        measures.put("implicit_reward", Measure.mean(reward));
        measures.put("reward_at_floor", Measure.share(shifted.beyond(), reward));
        if (needsBatchConstant()) {
            measures.put("value", Measure.mean(Scalars.filled(reward.stopGradient(), batch.constant())));
        }
        return new DatasetLoss(loss, measures);
    }

    private ClampedInput shifted(NDArray reward, double value) {
        NDArray sum = Scalars.plus(reward, value);
        return ClampedInput.of(sum, settings.floor(divergenceOf(regularisation)), Double.POSITIVE_INFINITY);
    }
}
