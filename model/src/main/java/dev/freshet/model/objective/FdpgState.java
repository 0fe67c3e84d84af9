package dev.freshet.model.objective;

import dev.freshet.model.objective.FdpgTarget.Moments;
import dev.freshet.model.weights.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What f-DPG knows from earlier batches while it takes one more: Z of each context, the baseline's window, and lambda. Z and lambda are of
 * one target and begin anew with another; so does the window with another divergence or cap, which make other pseudo-rewards.
 */
final class FdpgState {
    // Names in an ObjectiveMemory.
    private static final String TARGET = "fdpg.target";
    private static final String PSEUDO_REWARD = "fdpg.pseudo-reward";
    private static final String PARTITION = "fdpg.partition";
    private static final String WINDOW = "fdpg.window";
    private static final String LAMBDA = "fdpg.lambda";
    private static final String FIT = "fdpg.fit";
    private static final String STEPS = "fdpg.steps";

    /** Fits look at no more than so many times the samples that they are to be made of, while one feature is ever the same. */
    private static final int LONGEST_FIT = 16;

    private final FdpgSettings settings;
    private final Map<String, List<Double>> labels;
    private PartitionEstimate partition;
    private BaselineWindow window;
    private List<Double> lambda;

    /** Samples that lambda is being fitted on; none when that is done. */
    private List<MomentFit.Sample> fit;

    /** Taken with this target. */
    private double steps;

    private FdpgState(
            FdpgSettings settings,
            Map<String, List<Double>> labels,
            PartitionEstimate partition,
            BaselineWindow window,
            List<Double> lambda,
            List<MomentFit.Sample> fit,
            double steps) {
        this.settings = settings;
        this.labels = labels;
        this.partition = partition;
        this.window = window;
        this.lambda = lambda;
        this.fit = fit;
        this.steps = steps;
    }

    static FdpgState of(ObjectiveMemory memory, Fdpg fdpg) {
        FdpgSettings settings = fdpg.settings();
        String target = settings.target().spec() + " of " + settings.context().spec();
        String reward = fdpg.regularisation().spec() + " " + settings.pseudoRewardCap();
        Map<String, List<Double>> labels =
                Map.of(TARGET, List.of(FdpgContext.of(target)), PSEUDO_REWARD, List.of(FdpgContext.of(reward)));
        boolean sameTarget = isSame(memory, TARGET, labels);
        boolean sameReward = sameTarget && isSame(memory, PSEUDO_REWARD, labels);
        return new FdpgState(
                settings,
                labels,
                PartitionEstimate.of(numbers(memory, PARTITION, sameTarget), settings.maxContexts()),
                new BaselineWindow(settings.baselineWindow(), numbers(memory, WINDOW, sameReward)),
                numbers(memory, LAMBDA, sameTarget),
                samples(numbers(memory, FIT, sameTarget), settings.target()),
                numbers(memory, STEPS, sameTarget).stream().findFirst().orElse(0.0));
    }

    ObjectiveMemory into(ObjectiveMemory memory) {
        List<Double> samples = new ArrayList<>();
        for (MomentFit.Sample sample : fit) {
            samples.add(sample.logWeight());
            samples.addAll(sample.features());
        }
        return memory.with(labels)
                .with(Map.of(
                        PARTITION,
                        partition.toNumbers(),
                        WINDOW,
                        window.values(),
                        LAMBDA,
                        lambda,
                        FIT,
                        samples,
                        STEPS,
                        List.of(steps)));
    }

    /** Takes a batch up: fits lambda on it, as long as that is not done, and adds it to the estimates of Z. */
    void add(List<FdpgSample> batch) {
        if (settings.target() instanceof Moments moments && !isFitted()) {
            fitOn(batch, moments);
        }
        for (FdpgSample sample : batch) {
            partition.add(sample.context(), logTarget(sample) - sample.logProposal());
        }
        steps++;
    }

    /**
     * What is sampled from after a batch. Every so many steps a proposal that is kept gives way to the policy, if that is nearer to the target:
     * KL(p || pi) - KL(p || q) = E_q[(P / q) ln (q / pi)] / Z is below 0.
     */
    Proposal proposal(List<FdpgSample> batch) {
        if (settings.proposalInterval().isEmpty()) {
            return Proposal.NEWEST;
        }
        boolean due = steps % settings.proposalInterval().getAsInt() == 0;
        return due && farther(batch) < 0 ? Proposal.RENEWED : Proposal.KEPT;
    }

    /** How much farther from the target the policy is than the proposal, but for a factor above 0. */
    private double farther(List<FdpgSample> batch) {
        double largest = batch.stream()
                .mapToDouble(sample -> logNormalisedTarget(sample) - sample.logProposal())
                .max()
                .orElse(0);
        double sum = 0;
        for (FdpgSample sample : batch) {
            double logWeight = logNormalisedTarget(sample) - sample.logProposal() - largest;
            double weight = Double.isNaN(logWeight) ? 0 : Math.exp(logWeight);
            sum += weight * (sample.logProposal() - sample.logPolicy());
        }
        return sum;
    }

    /** ln p of a sample, with p normalised by what is known of Z; -Infinity where the target has nothing. */
    double logNormalisedTarget(FdpgSample sample) {
        double logTarget = logTarget(sample);
        return logTarget == Double.NEGATIVE_INFINITY ? logTarget : logTarget - partition.logPartition(sample.context());
    }

    /** ln P of a sample. */
    double logTarget(FdpgSample sample) {
        return sample.logReference() + settings.target().logFactor(sample, lambda);
    }

    BaselineWindow window() {
        return window;
    }

    List<Double> lambda() {
        return lambda;
    }

    private boolean isFitted() {
        return !lambda.isEmpty() && fit.isEmpty();
    }

    /** Of the proposal's samples, each batch a better fit, until they are as many as wanted. */
    private void fitOn(List<FdpgSample> batch, Moments moments) {
        List<MomentFit.Sample> seen = new ArrayList<>(fit);
        for (FdpgSample sample : batch) {
            seen.add(new MomentFit.Sample(sample.logReference() - sample.logProposal(), moments.features(sample)));
        }
        boolean canFit = MomentFit.canFit(seen, moments.means());
        List<Double> fitted = canFit
                ? MomentFit.fit(seen, moments.means())
                : moments.means().stream().map(mean -> 0.0).toList();
        if (!fitted.equals(lambda)) {
            partition = new PartitionEstimate(settings.maxContexts());
            window = new BaselineWindow(settings.baselineWindow(), List.of());
        }
        lambda = fitted;
        int excess = Math.max(0, seen.size() - LONGEST_FIT * moments.samples());
        fit = canFit && seen.size() >= moments.samples() ? List.of() : List.copyOf(seen.subList(excess, seen.size()));
    }

    private static boolean isSame(ObjectiveMemory memory, String label, Map<String, List<Double>> labels) {
        return memory.numbers(label).equals(Optional.ofNullable(labels.get(label)));
    }

    private static List<Double> numbers(ObjectiveMemory memory, String name, boolean valid) {
        return valid ? memory.numbers(name).orElse(List.of()) : List.of();
    }

    private static List<MomentFit.Sample> samples(List<Double> numbers, FdpgTarget target) {
        List<MomentFit.Sample> samples = new ArrayList<>();
        if (target instanceof Moments moments) {
            int size = 1 + moments.moments().size();
            for (int i = 0; i + size <= numbers.size(); i += size) {
                samples.add(new MomentFit.Sample(numbers.get(i), numbers.subList(i + 1, i + size)));
            }
        }
        return samples;
    }
}
