package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.typesafe.config.Config;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * f-DPG: Go et al. 2023, "Aligning Language Models with Preferences through f-divergence Minimization" (arXiv 2302.08215),
 * algorithm 1. The policy comes near to a target p that is known up to a constant, in whichever f-divergence:
 *
 * <pre>
 *   grad D_f(pi || p) = E_q[(pi / q) f'(t) grad ln pi],   t = pi / p,   p = P / Z
 *   Z    = the mean of P / q over all samples of a context so far       PartitionEstimate
 *   R    = -f'(t), between plus and minus pseudoRewardCap
 *   A    = R - b,  b = the mean of the newest R of earlier batches      BaselineWindow
 *   loss = mean over rollouts of sg[min(pi / q, weightCap)] (-A) ln pi
 *
 *   q    the policy; or offline, every so many steps, what was the policy then, if it is nearer to p than q was       FdpgState
 *
 *   P  FdpgTarget, from the reference a and the reward    f  Regularisation.divergence
 * </pre>
 *
 * <p>Everything is of whole rollouts: ln pi is a sum over tokens. The coefficient of the divergence, and where it enters, mean nothing here:
 * the divergence is all there is, and it is from the target. A rollout that the target gives no probability has R = -f'(Infinity).
 *
 * <p>Deviations. t is of the policy as it is before a batch's first update, also in later ones, so that R does not depend on how a batch
 * is cut; pi / q is of the policy as it is. The paper has no weightCap: it is for stale rollouts, and counted, as pseudoRewardCap is. f is
 * centred, which moves R by a constant.
 */
public record Fdpg(FdpgSettings settings, Regularisation regularisation) implements PolicyObjective {
    static final String NAME = "fdpg";

    /** Beyond it exp overflows, or nearly so, in float32. */
    private static final double LARGEST_LOG_RATIO = 80;

    public Fdpg {
        settings.target().requireFits(divergenceOf(regularisation), regularisation.spec());
    }

    /** Reads {@code freshet.fdpg} and the divergence of a whole configuration. */
    public static Fdpg from(Config config) {
        int topK = config.getInt("freshet.generation.top-k");
        double topP = config.getDouble("freshet.generation.top-p");
        if (topK != 0 || topP < 1) {
            throw new IllegalArgumentException(
                    "fdpg must sample from the whole distribution, since Z counts what the target has"
                            + " anywhere: top-k was " + topK + " and top-p " + topP
                            + "; set freshet.generation.top-k = 0 and freshet.generation.top-p = 1");
        }
        return new Fdpg(FdpgSettings.from(config), Regularisation.from(config));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Fdpg withRegularisation(Regularisation replacement) {
        return new Fdpg(settings, replacement);
    }

    /** Nothing drives the coefficient, which is not in use: what a step tells is the distance from the target. */
    @Override
    public Regularisation regularisationAfter(PolicyVersion version, double measured) {
        return regularisation;
    }

    /** Rewards that are equal say that the target is the reference: that teaches, too. */
    @Override
    public boolean needsRewardVariance() {
        return false;
    }

    @Override
    public boolean needsReference() {
        return true;
    }

    @Override
    public ProximalPolicy proximal() {
        return ProximalPolicy.STEP_START;
    }

    @Override
    public double shaping(Rollout rollout) {
        return 0;
    }

    @Override
    public Optional<FDivergence> exactDivergence() {
        return Optional.empty();
    }

    @Override
    public Credits credits(List<ScoredGroup> batch, List<LogProbs> proximal, ObjectiveMemory memory, NDManager owner) {
        return credits(samples(batch, proximal), memory, owner);
    }

    /** Of the rollouts of a batch, in their order. */
    Credits credits(List<FdpgSample> samples, ObjectiveMemory memory, NDManager owner) {
        FdpgState state = FdpgState.of(memory, this);
        state.add(samples);
        double[] logRatios = samples.stream()
                .mapToDouble(sample -> sample.logPolicy() - state.logNormalisedTarget(sample))
                .toArray();
        double cap = settings.pseudoRewardCap().orElse(Double.POSITIVE_INFINITY);
        double[] uncapped = pseudoRewards(logRatios, owner);
        double baseline = state.window().baseline();
        List<Double> rewards = new ArrayList<>();
        List<TokenAdvantages> advantages = new ArrayList<>();
        long capped = 0;
        for (int i = 0; i < uncapped.length; i++) {
            int tokens = samples.get(i).tokens();
            double reward = Math.max(-cap, Math.min(cap, uncapped[i]));
            rewards.add(reward);
            advantages.add(TokenAdvantages.same(reward - baseline, tokens));
            capped += reward == uncapped[i] ? 0 : tokens;
        }
        state.window().add(rewards);
        OptionalDouble estimate = OptionalDouble.of(divergenceFromTarget(samples, logRatios, owner));
        return new Credits(advantages, state.into(memory), estimate, capped, state.proposal(samples));
    }

    private List<FdpgSample> samples(List<ScoredGroup> batch, List<LogProbs> policy) {
        List<FdpgSample> samples = new ArrayList<>();
        for (ScoredGroup group : batch) {
            long context = settings.context().of(group.group());
            List<Rollout> rollouts = group.group().rollouts();
            for (int i = 0; i < rollouts.size(); i++) {
                samples.add(new FdpgSample(
                        context,
                        policy.get(samples.size()).sum(),
                        rollouts.get(i).sampled().sum(),
                        group.reference().get(i).sum(),
                        group.verified().rewards().get(i),
                        rollouts.get(i).completion().size()));
            }
        }
        return samples;
    }

    /** R of each rollout, from its ln t. */
    private double[] pseudoRewards(double[] logRatios, NDManager owner) {
        FDivergence divergence = divergenceOf(regularisation);
        double[] rewards =
                divergence.pseudoReward(OwnedArray.of(finite(logRatios), owner)).toDoubleArray();
        for (int i = 0; i < rewards.length; i++) {
            if (logRatios[i] == Double.POSITIVE_INFINITY) {
                rewards[i] = -divergence.derivativeAtInfinity();
            }
        }
        return rewards;
    }

    /** The sum over rollouts of (pi / q) f(t) / t; NaN if that is not finite. */
    private double divergenceFromTarget(List<FdpgSample> samples, double[] logRatios, NDManager owner) {
        FDivergence divergence = divergenceOf(regularisation);
        double[] values = divergence
                .valueOnPolicy(OwnedArray.of(finite(logRatios), owner))
                .toDoubleArray();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            FdpgSample sample = samples.get(i);
            double value = logRatios[i] == Double.POSITIVE_INFINITY ? divergence.derivativeAtInfinity() : values[i];
            sum += Math.min(settings.weightCap(), Math.exp(sample.logPolicy() - sample.logProposal())) * value;
        }
        return Double.isFinite(sum) ? sum : Double.NaN;
    }

    /** The same with 0 for what the target gives no probability. */
    private static double[] finite(double[] logRatios) {
        double[] finite = logRatios.clone();
        for (int i = 0; i < finite.length; i++) {
            finite[i] = finite[i] == Double.POSITIVE_INFINITY ? 0 : finite[i];
        }
        return finite;
    }

    /** The divergence that every f-DPG has. */
    private static FDivergence divergenceOf(Regularisation regularisation) {
        return regularisation
                .divergence()
                .orElseThrow(
                        () -> new IllegalArgumentException("fdpg must have a divergence, of the policy from its target,"
                                + " was none: choose one (freshet.divergence)"));
    }

    @Override
    public double[] tokenWeights(int[] completionLengths) {
        return LossAggregation.SEQUENCE_MEAN_TOKEN_SUM.tokenWeights(completionLengths, 1);
    }

    @Override
    public ObjectiveLoss loss(TokenBatch batch, TokenScores current) {
        NDArray logProbs = current.logProbs(); // (tokens,), as all arrays but sums
        NDArray toProposal = logProbs.stopGradient().sub(batch.behaviour());
        NDArray logWeight = batch.segments().spread(batch.segments().sum(toProposal));
        double logCap = Math.log(settings.weightCap());
        NDArray weight = Scalars.clip(logWeight, -LARGEST_LOG_RATIO, logCap).exp();
        NDArray slope = weight.mul(batch.advantage()).mul(batch.weight()).neg();
        NDArray clamped = Scalars.gt(toProposal.abs(), LARGEST_LOG_RATIO);
        NDArray capped = Scalars.gt(logWeight, logCap);
        NDArray ratio =
                Scalars.clip(toProposal, -LARGEST_LOG_RATIO, LARGEST_LOG_RATIO).exp();
        NDArray sum = logProbs.mul(slope).sum();
        NDArray none = sum.stopGradient().zerosLike();
        return new ObjectiveLoss(
                sum, none, ratio.sum(), ratio.square().sum(), none, none, count(clamped, ratio), count(capped, ratio));
    }

    @Override
    public Optional<Rehearsal> rehearsal() {
        return Optional.empty();
    }

    @Override
    public RehearsalLoss rehearsalLoss(RehearsalTokens batch, TokenScores current) {
        throw new IllegalStateException("f-DPG reads no rehearsal sequences");
    }

    private static NDArray count(NDArray condition, NDArray like) {
        return condition.toType(like.getDataType(), false).sum();
    }
}
