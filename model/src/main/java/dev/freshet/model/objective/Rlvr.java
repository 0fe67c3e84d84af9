package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.typesafe.config.Config;
import dev.freshet.model.divergence.DivergenceEstimator;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.objective.AdvantageRule.Peers;
import dev.freshet.model.objective.AdvantageRule.RewardedGroup;
import dev.freshet.model.objective.Surrogate.Clipped;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reinforcement learning from verifiable rewards: the family of policy gradients without a critic, with any f-divergence from the
 * reference as penalty. {@link RlvrVariant} has the methods and their papers, which differ in what they choose of
 *
 * <pre>
 *   A    = credit(r + overlong)                               AdvantageRule, OverlongPunishment
 *   rho  = pi / pi_prox                                       RatioLevel: of the token, or the mean of its rollout
 *   v    = sg[min(pi_prox / mu, behaviourWeightCap)]          ProximalPolicy; 1 where pi_prox is mu
 *   S    = max(-A rho, -A clip(rho)), or -A sg[clip(rho)] ln pi      Surrogate
 *   D    = the divergence of pi from p, value and gradient    ReferencePenalty; on samples of p RehearsalLoss, a loss of its own
 *   loss = sum over tokens of weight * (correction * v * S + coefficient * D)
 *
 *   pi   TokenScores.logProbs     mu  TokenBatch.behaviour     pi_prox  TokenBatch.proximal     p  TokenBatch.reference
 *   A    TokenBatch.advantage     coefficient  Regularisation.coefficient                       r  the verifier's reward
 *   weight      TokenBatch.weight: LossAggregation             correction  TokenBatch.samplingCorrection
 *   sg[.]       no gradient
 * </pre>
 *
 * <p>With {@code divergence-as = reward} D is left out of the loss, and A of a token is less coefficient * C of
 * {@link FoldedDivergence}. C is not scaled as rewards are by a standard deviation: the coefficient means the same in both.
 *
 * <p>Deviation. Papers add k3 = p/pi - ln(p/pi) - 1 as a loss, which on samples of pi has the value of reverse KL and the gradient of
 * forward KL; D has, for the f it is named after, the value of D_f(pi || p) and its gradient, at the states that were sampled. Log
 * ratios are clamped to plus or minus logRatioClamp and counted: beyond it the surrogate has no gradient.
 */
public record Rlvr(RlvrVariant variant, RlvrSettings settings, Regularisation regularisation)
        implements PolicyObjective {
    private static final String GROUP_SIZE = "freshet.generation.group-size";

    /** Reads {@code freshet.rlvr} and the regularisation of a whole configuration. */
    public static Rlvr from(Config config, RlvrVariant variant) {
        Rlvr rlvr = new Rlvr(variant, RlvrSettings.from(config, variant), Regularisation.from(config));
        int groupSize = config.getInt(GROUP_SIZE);
        if (groupSize < rlvr.smallestGroup()) {
            throw new IllegalArgumentException("group-size must be at least " + rlvr.smallestGroup()
                    + " for advantages that are " + rlvr.settings().advantage().spec() + ", was " + groupSize + " ("
                    + GROUP_SIZE + "): choose that, or advantages of the whole batch (freshet.rlvr.advantage)");
        }
        return rlvr;
    }

    @Override
    public String name() {
        return variant.spec();
    }

    @Override
    public Rlvr withRegularisation(Regularisation replacement) {
        return new Rlvr(variant, settings, replacement);
    }

    /** A comparison with other groups teaches also where the rewards are equal. */
    @Override
    public boolean needsRewardVariance() {
        boolean hasPenalty = regularisation.holdsRollouts() && regularisation.coefficient() > 0;
        boolean refills = switch (settings.equalRewards()) {
            case KEEP -> false;
            case REFILL -> true;
            case REFILL_WITHOUT_PENALTY -> !hasPenalty;
        };
        return refills && smallestGroup() > 1;
    }

    @Override
    public boolean needsReference() {
        return regularisation.holdsRollouts();
    }

    /** Rollouts that a group must have at least for its advantages to mean anything. */
    private int smallestGroup() {
        return settings.advantage().peers() == Peers.GROUP ? 2 : 1;
    }

    @Override
    public ProximalPolicy proximal() {
        return settings.proximal();
    }

    @Override
    public double shaping(Rollout rollout) {
        return settings.overlong()
                .map(overlong -> overlong.of(tokensSaid(rollout)))
                .orElse(0.0);
    }

    /** The stop token not counted: what ends by itself just in time is not as long as what was cut off. */
    private static int tokensSaid(Rollout rollout) {
        int tokens = rollout.completion().size();
        return rollout.finishReason() == FinishReason.STOP ? tokens - 1 : tokens;
    }

    @Override
    public Optional<FDivergence> exactDivergence() {
        return regularisation
                .divergence()
                .filter(divergence -> regularisation.estimator() == DivergenceEstimator.FULL_VOCABULARY);
    }

    @Override
    public Credits credits(List<ScoredGroup> batch, List<LogProbs> proximal, ObjectiveMemory memory, NDManager owner) {
        return Credits.of(advantages(batch, proximal, owner), memory);
    }

    List<TokenAdvantages> advantages(List<ScoredGroup> batch, List<LogProbs> proximal, NDManager owner) {
        List<RewardedGroup> rewarded = batch.stream().map(this::rewarded).toList();
        List<List<Double>> credits = settings.advantage().of(rewarded);
        List<double[]> costs = costs(batch, proximal, owner);
        List<TokenAdvantages> advantages = new ArrayList<>();
        for (int group = 0; group < batch.size(); group++) {
            List<Integer> lengths = rewarded.get(group).lengths();
            for (int rollout = 0; rollout < lengths.size(); rollout++) {
                double credit = credits.get(group).get(rollout);
                advantages.add(
                        costs.isEmpty()
                                ? TokenAdvantages.same(credit, lengths.get(rollout))
                                : TokenAdvantages.less(
                                        credit, regularisation.coefficient(), costs.get(advantages.size())));
            }
        }
        return advantages;
    }

    /** Of each rollout's tokens, compared as rewards are; none unless the divergence is folded into the reward. */
    private List<double[]> costs(List<ScoredGroup> batch, List<LogProbs> proximal, NDManager owner) {
        if (regularisation.as() != DivergenceAs.REWARD
                || regularisation.divergence().isEmpty()) {
            return List.of();
        }
        FoldedDivergence folded =
                new FoldedDivergence(regularisation.divergence().get(), settings.logRatioClamp());
        List<LogProbs> reference =
                batch.stream().flatMap(group -> group.reference().stream()).toList();
        List<double[]> costs = folded.costsToGo(proximal, reference, owner);
        if (settings.advantage().peers() == Peers.BATCH) {
            return FoldedDivergence.lessTheOthers(costs);
        }
        List<double[]> compared = new ArrayList<>();
        for (ScoredGroup group : batch) {
            int first = compared.size();
            int next = first + group.group().rollouts().size();
            compared.addAll(FoldedDivergence.lessTheOthers(costs.subList(first, next)));
        }
        return compared;
    }

    private RewardedGroup rewarded(ScoredGroup group) {
        List<Rollout> rollouts = group.group().rollouts();
        List<Double> verified = group.verified().rewards();
        List<Double> rewards = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            rewards.add(verified.get(i) + shaping(rollouts.get(i)));
        }
        List<Integer> lengths =
                rollouts.stream().map(rollout -> rollout.completion().size()).toList();
        return new RewardedGroup(rewards, lengths);
    }

    @Override
    public double[] tokenWeights(int[] completionLengths) {
        return settings.aggregation().tokenWeights(completionLengths, settings.lengthNorm());
    }

    @Override
    public ObjectiveLoss loss(TokenBatch batch, TokenScores current) {
        NDArray logProbs = current.logProbs(); // (tokens,), as all arrays but sums
        NDArray toBehaviour = logProbs.stopGradient().sub(batch.behaviour());
        NDArray toProximal = logProbs.sub(batch.proximal());
        NDArray ratio = settings.ratio().of(clamp(toProximal), batch.segments()).exp();
        NDArray surrogate = settings.surrogate().loss(batch.advantage(), ratio, logProbs, settings.bounds());
        Clipped clipped = settings.surrogate().clipped(batch.advantage(), ratio.stopGradient(), settings.bounds());
        BehaviourWeight weight = behaviourWeight(batch);
        NDArray scale = batch.weight().mul(batch.samplingCorrection()).mul(weight.factor());
        NDArray sum = surrogate.mul(scale).sum();
        NDArray importance = clamp(toBehaviour).exp();
        NDArray clamped = isClamped(toBehaviour).logicalOr(isClamped(toProximal));
        NDArray capped = weight.capped();
        NDArray divergence = sum.zerosLike();
        if (regularisation.holdsRollouts()) {
            ReferencePenalty penalty =
                    ReferencePenalty.of(regularisation.divergence().orElseThrow(), this, batch, current);
            if (regularisation.as() == DivergenceAs.LOSS) {
                NDArray coefficients = Scalars.times(batch.weight(), regularisation.coefficient());
                sum = sum.add(penalty.estimate().mul(coefficients).sum());
            }
            divergence = penalty.estimate().stopGradient().sum();
            clamped = clamped.logicalOr(penalty.clamped());
            capped = capped.logicalOr(penalty.capped());
        }
        return new ObjectiveLoss(
                sum,
                divergence,
                importance.sum(),
                importance.square().sum(),
                count(clipped.low(), ratio),
                count(clipped.high(), ratio),
                count(clamped, ratio),
                count(capped, ratio));
    }

    @Override
    public Optional<Rehearsal> rehearsal() {
        return regularisation.holdsRehearsal() ? Optional.of(regularisation.rehearsal()) : Optional.empty();
    }

    @Override
    public RehearsalLoss rehearsalLoss(RehearsalTokens batch, TokenScores current) {
        if (rehearsal().isEmpty()) {
            throw new IllegalStateException("the objective in force reads no rehearsal sequences");
        }
        return RehearsalLoss.of(this, batch, current.logProbs());
    }

    /** v, of the tokens or of their rollouts as rho is. */
    private BehaviourWeight behaviourWeight(TokenBatch batch) {
        if (settings.proximal() == ProximalPolicy.BEHAVIOUR) {
            NDArray none = batch.weight();
            return new BehaviourWeight(none.onesLike(), Scalars.gt(none.zerosLike(), 0));
        }
        NDArray logWeight = settings.ratio().of(clamp(batch.proximal().sub(batch.behaviour())), batch.segments());
        NDArray weight = logWeight.exp();
        NDArray cap = Scalars.filled(weight, settings.behaviourWeightCap());
        return new BehaviourWeight(weight.minimum(cap), weight.gt(cap));
    }

    NDArray clamp(NDArray logRatio) {
        return Scalars.clip(logRatio, -settings.logRatioClamp(), settings.logRatioClamp());
    }

    NDArray isClamped(NDArray logRatio) {
        return Scalars.gt(logRatio.stopGradient().abs(), settings.logRatioClamp());
    }

    static NDArray count(NDArray condition, NDArray like) {
        return condition.toType(like.getDataType(), false).sum();
    }

    /** @param capped tokens at the cap, as truth values */
    private record BehaviourWeight(NDArray factor, NDArray capped) {}
}
