package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.learning.StepTally.Sum;
import dev.freshet.model.objective.Credits;
import dev.freshet.model.objective.ObjectiveMemory;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.objective.TokenAdvantages;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** A batch that the objective and the decoder can take, and the part of a step's report that is known from it. */
record TrainingBatch(
        List<ScoredGroup> groups,
        List<TrainingSequence> sequences,
        List<RehearsalSequence> rehearsal,
        Credits credits) {
    TrainingBatch {
        groups = List.copyOf(groups);
        sequences = List.copyOf(sequences);
        rehearsal = List.copyOf(rehearsal);
    }

    /**
     * @param memory of the step before
     * @param learner as it is before the step
     * @param tokenBudget positions, padding included, that go through it at once
     * @throws IllegalArgumentException if the batch is empty, lacks the reference or the rehearsal that the objective reads, or has a
     *     sequence too long for the decoder
     */
    static TrainingBatch of(
            LearningBatch batch,
            PolicyObjective objective,
            ObjectiveMemory memory,
            TrainableDecoder learner,
            int tokenBudget) {
        List<ScoredGroup> groups = batch.groups();
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one group, had none");
        }
        for (ScoredGroup group : groups) {
            if (objective.needsReference() && group.reference().isEmpty()) {
                throw new IllegalArgumentException("group " + group.sequence() + " must have reference log-probs for "
                        + objective.name() + " with divergence "
                        + objective.regularisation().spec() + ", had none (freshet.reference)");
            }
        }
        List<RehearsalSequence> rehearsal = objective.rehearsal().isPresent() ? rehearsal(batch, objective) : List.of();
        rehearsal.forEach(sequence -> TokenSequence.of(sequence).requireFits(learner.config()));
        List<TokenSequence> tokens = groups.stream()
                .flatMap(group -> TokenSequence.of(group.group()).stream())
                .toList();
        tokens.forEach(sequence -> sequence.requireFits(learner.config()));
        List<LogProbs> proximal = switch (objective.proximal()) {
            case BEHAVIOUR -> behaviour(groups);
            case STEP_START -> learner.logProbs(tokens, tokenBudget);
        };
        try (NDManager owner = learner.newBatchManager()) {
            Credits credits = objective.credits(groups, proximal, memory, owner);
            return new TrainingBatch(
                    groups, sequences(groups, tokens, proximal, credits.advantages()), rehearsal, credits);
        }
    }

    private static List<RehearsalSequence> rehearsal(LearningBatch batch, PolicyObjective objective) {
        if (batch.rehearsal().isEmpty()) {
            throw new IllegalArgumentException("a batch must have rehearsal sequences for " + objective.name()
                    + " with divergence " + objective.regularisation().spec()
                    + " estimated on rehearsal, had none (freshet.rehearsal.from)");
        }
        return batch.rehearsal();
    }

    private static List<LogProbs> behaviour(List<ScoredGroup> groups) {
        return groups.stream()
                .flatMap(group -> group.group().rollouts().stream())
                .map(Rollout::behaviour)
                .toList();
    }

    private static List<TrainingSequence> sequences(
            List<ScoredGroup> groups,
            List<TokenSequence> tokens,
            List<LogProbs> proximal,
            List<TokenAdvantages> advantages) {
        List<TrainingSequence> sequences = new ArrayList<>();
        for (ScoredGroup group : groups) {
            List<Rollout> rollouts = group.group().rollouts();
            for (int i = 0; i < rollouts.size(); i++) {
                int next = sequences.size();
                sequences.add(new TrainingSequence(
                        tokens.get(next),
                        rollouts.get(i),
                        advantages.get(next),
                        proximal.get(next),
                        group.reference().isEmpty() ? null : group.reference().get(i)));
            }
        }
        return sequences;
    }

    /** @param learner the version that learnt from this batch; the report names the one after it */
    StepReport report(
            PolicyObjective objective, PolicyVersion learner, StepTally tally, double learningRate, double seconds) {
        Regularisation regularisation = objective.regularisation();
        return new StepReport(
                learner.next(),
                objective.name(),
                regularisation.spec(),
                regularisation.coefficient(),
                groups.stream().mapToLong(ScoredGroup::sequence).min().orElseThrow(),
                groups.stream().mapToLong(ScoredGroup::sequence).max().orElseThrow(),
                groups.size(),
                sequences.size(),
                completionTokens(),
                meanOverRollouts(reward -> reward),
                meanOverRollouts(reward -> reward >= 1 ? 1 : 0),
                tally.meanLoss(),
                tally.perToken(Sum.ENTROPY),
                objective.needsReference() || !rehearsal.isEmpty() ? divergence(tally) : Double.NaN,
                tally.perToken(Sum.RATIO),
                tally.effectiveSampleSize(),
                tally.perToken(Sum.CLIPPED_LOW),
                tally.perToken(Sum.CLIPPED_HIGH),
                tally.clamped(),
                Math.min(1, tally.perToken(Sum.CAPPED) + (double) credits.capped() / completionTokens()),
                tally.meanGradientNorm(),
                learningRate,
                tally.skippedCount(),
                sequences.stream()
                        .mapToLong(sequence -> staleness(sequence, learner))
                        .max()
                        .orElseThrow(),
                sequences.stream()
                        .mapToLong(sequence -> staleness(sequence, learner))
                        .average()
                        .orElseThrow(),
                seconds,
                rehearsal.size(),
                rehearsal.stream()
                        .mapToLong(sequence -> sequence.completion().size())
                        .sum(),
                tally.measures());
    }

    private double divergence(StepTally tally) {
        return credits.divergence().isPresent()
                ? credits.divergence().getAsDouble() / completionTokens()
                : tally.divergence();
    }

    private long completionTokens() {
        return groups.stream()
                .mapToLong(group -> group.group().completionTokens())
                .sum();
    }

    private double meanOverRollouts(DoubleUnaryOperator of) {
        return groups.stream()
                .flatMap(group -> group.verified().rewards().stream())
                .mapToDouble(of::applyAsDouble)
                .average()
                .orElseThrow();
    }

    private static long staleness(TrainingSequence sequence, PolicyVersion learner) {
        return learner.minus(sequence.rollout().versions().oldest());
    }
}
