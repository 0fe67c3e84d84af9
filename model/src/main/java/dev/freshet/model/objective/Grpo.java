package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import com.typesafe.config.Config;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.List;

/**
 * GRPO with any f-divergence from the reference as its penalty: Shao et al. 2024, "DeepSeekMath" (arXiv 2402.03300), equations 3
 * and 4; separate clip bounds of Yu et al. 2025 (DAPO, arXiv 2503.14476), equation 10; dual clip of Ye et al. 2020 (arXiv
 * 1912.09729), equation 5.
 *
 * <pre>
 *   A_i  = (r_i - mean r) / (std r + 1e-6)                                  over a group's rewards
 *   rho  = pi / mu                                                          per token
 *   S    = max(-A rho, -A clip(rho, 1 - clipLow, 1 + clipHigh));            if A &lt; 0: min(S, -A dualClip)
 *   D    = sg[w] (sg[f(t)/t] + sg[f'(t)] (ln pi - sg[ln pi])),  t = pi / p,  w = min(rho, divergenceWeightCap)
 *   loss = sum over tokens of weight * correction * (S + coefficient * D)
 *
 *   pi   TokenScores.logProbs          mu  TokenBatch.behaviour      p           TokenBatch.reference
 *   A    TokenBatch.advantage          f   Regularisation.divergence coefficient Regularisation.coefficient
 *   weight      TokenBatch.weight (the aggregation)                  sg[.]       no gradient
 *   correction  TokenBatch.samplingCorrection
 * </pre>
 *
 * <p>Deviations. The paper adds k3 = p/pi - ln(p/pi) - 1 as a loss, which on samples of pi has the value of reverse KL and the
 * gradient of forward KL; D has, for the f it is named after, the value of D_f(pi || p) and its gradient, at the states that
 * were sampled. Tokens come from mu, so D carries the importance weight w, exact where the cap does not bind. Log ratios are
 * clamped to plus or minus logRatioClamp and counted: beyond it the surrogate has no gradient, while D keeps the coefficient
 * that f has at the clamp.
 */
public record Grpo(GrpoSettings settings, Regularisation regularisation) implements PolicyObjective {

    /** Reads {@code freshet.grpo} and the regularisation of a whole configuration. */
    public static Grpo from(Config config) {
        return new Grpo(GrpoSettings.from(config), Regularisation.from(config));
    }

    @Override
    public String name() {
        return "grpo";
    }

    @Override
    public Grpo withRegularisation(Regularisation replacement) {
        return new Grpo(settings, replacement);
    }

    /** A penalty teaches also where the rewards are equal. */
    @Override
    public boolean needsRewardVariance() {
        boolean hasPenalty = regularisation.divergence().isPresent() && regularisation.coefficient() > 0;
        return settings.equalRewards() == EqualRewards.REFILL && !hasPenalty;
    }

    @Override
    public boolean needsReference() {
        return regularisation.divergence().isPresent();
    }

    @Override
    public List<Double> advantages(VerifiedGroup group) {
        return settings.advantage().of(group.rewards());
    }

    @Override
    public double[] tokenWeights(int[] completionLengths) {
        return settings.aggregation().tokenWeights(completionLengths, settings.lengthNorm());
    }

    @Override
    public ObjectiveLoss loss(TokenBatch batch, TokenScores current) {
        NDArray toBehaviour = current.logProbs().sub(batch.behaviour()); // (tokens,), as all arrays but sums
        NDArray logWeight = clamp(toBehaviour);
        NDArray ratio = logWeight.exp();
        NDArray weight = batch.weight().mul(batch.samplingCorrection());
        NDArray surrogate = surrogate(batch.advantage(), ratio).mul(weight).sum();
        Clips clips = clips(batch.advantage(), ratio.stopGradient());
        NDArray nothing = surrogate.zerosLike();
        ObjectiveLoss withoutPenalty = new ObjectiveLoss(
                surrogate,
                nothing,
                ratio.stopGradient().sum(),
                ratio.stopGradient().square().sum(),
                clips.low(),
                clips.high(),
                count(isClamped(toBehaviour), ratio),
                nothing);
        return regularisation
                .divergence()
                .map(divergence -> withPenalty(withoutPenalty, divergence, batch, current, toBehaviour))
                .orElse(withoutPenalty);
    }

    /** S, which is a pessimist: of two estimates of the improvement it takes the smaller. */
    private NDArray surrogate(NDArray advantage, NDArray ratio) {
        NDArray free = advantage.neg().mul(ratio);
        NDArray clipped = advantage.neg().mul(ratio.clip(1 - settings.clipLow(), 1 + settings.clipHigh()));
        NDArray larger = free.maximum(clipped);
        if (settings.dualClip().isEmpty()) {
            return larger;
        }
        NDArray bound = advantage.neg().mul(settings.dualClip().getAsDouble());
        return NDArrays.where(advantage.lt(0), larger.minimum(bound), larger);
    }

    /** Where S has no gradient, because the move that the advantage favours has been made already. */
    private Clips clips(NDArray advantage, NDArray ratio) {
        NDArray raised = advantage.gt(0).logicalAnd(ratio.gt(1 + settings.clipHigh()));
        NDArray lowered = advantage.lt(0).logicalAnd(ratio.lt(1 - settings.clipLow()));
        NDArray strayed =
                advantage.lt(0).logicalAnd(ratio.gt(settings.dualClip().orElse(Double.POSITIVE_INFINITY)));
        return new Clips(count(lowered, ratio), count(raised.logicalOr(strayed), ratio));
    }

    private ObjectiveLoss withPenalty(
            ObjectiveLoss surrogate,
            FDivergence divergence,
            TokenBatch batch,
            TokenScores current,
            NDArray toBehaviour) {
        NDArray logProbs = current.logProbs();
        NDArray toReference = logProbs.sub(requireReference(batch)).stopGradient();
        // The clamp bounds where f and f' are read; the gradient of ln pi passes it by.
        NDArray logRatio = clamp(toReference).add(logProbs.sub(logProbs.stopGradient()));
        NDArray logWeight = clamp(toBehaviour).stopGradient();
        NDArray penalty = DivergenceEstimators.fromBehaviour(
                        divergence, logRatio, logWeight, settings.divergenceWeightCap())
                .mul(batch.samplingCorrection());
        NDArray scale = batch.weight().mul(regularisation.coefficient());
        NDArray clamped = isClamped(toBehaviour).logicalOr(isClamped(toReference));
        NDArray capped = logWeight.gt(Math.log(settings.divergenceWeightCap()));
        return new ObjectiveLoss(
                surrogate.loss().add(penalty.mul(scale).sum()),
                penalty.stopGradient().sum(),
                surrogate.ratio(),
                surrogate.squaredRatio(),
                surrogate.clippedLow(),
                surrogate.clippedHigh(),
                count(clamped, logWeight),
                count(capped, logWeight));
    }

    private NDArray requireReference(TokenBatch batch) {
        NDArray reference = batch.reference();
        if (reference == null) {
            throw new IllegalArgumentException("divergence " + regularisation.spec()
                    + " needs reference log-probs, the batch has none (freshet.reference, freshet.divergence)");
        }
        return reference;
    }

    private NDArray clamp(NDArray logRatio) {
        return logRatio.clip(-settings.logRatioClamp(), settings.logRatioClamp());
    }

    private NDArray isClamped(NDArray logRatio) {
        return logRatio.stopGradient().abs().gt(settings.logRatioClamp());
    }

    private static NDArray count(NDArray condition, NDArray like) {
        return condition.toType(like.getDataType(), false).sum();
    }

    private record Clips(NDArray low, NDArray high) {}
}
