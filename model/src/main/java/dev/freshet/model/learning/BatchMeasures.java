package dev.freshet.model.learning;

import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import java.util.List;

/**
 * What a batch is made of. Staleness is counted in policy versions behind the learner, a trajectory's by its oldest token.
 *
 * @param tokenStaleness of each completion token
 * @param trajectoryStaleness of each rollout
 * @param versionSpan of each rollout: versions between its oldest and its newest token
 * @param completionLength of each rollout, in tokens
 * @param truncatedRatio share of rollouts that were cut off at the longest length
 * @param equalRewardsRatio share of groups whose rewards are all equal
 * @param rewardShaping mean over rollouts of what the objective adds to their rewards
 */
public record BatchMeasures(
        Distribution tokenStaleness,
        Distribution trajectoryStaleness,
        Distribution versionSpan,
        Distribution completionLength,
        double truncatedRatio,
        double equalRewardsRatio,
        double rewardShaping) {
    /** Upper bounds of staleness and span, in policy versions. */
    public static final List<Double> VERSIONS = List.of(0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 32.0);

    /** Upper bounds of lengths, in tokens. */
    public static final List<Double> TOKENS =
            List.of(4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 32768.0);

    /** @param learner the version that learns from the batch */
    static BatchMeasures of(List<ScoredGroup> batch, PolicyVersion learner, PolicyObjective objective) {
        Distribution.Tally tokenStaleness = new Distribution.Tally(VERSIONS);
        Distribution.Tally trajectoryStaleness = new Distribution.Tally(VERSIONS);
        Distribution.Tally versionSpan = new Distribution.Tally(VERSIONS);
        Distribution.Tally completionLength = new Distribution.Tally(TOKENS);
        long truncated = 0;
        long rollouts = 0;
        double shaping = 0;
        for (ScoredGroup group : batch) {
            for (Rollout rollout : group.group().rollouts()) {
                TokenVersions versions = rollout.versions();
                addTokens(versions, learner.number(), tokenStaleness);
                trajectoryStaleness.add((double) learner.minus(versions.oldest()));
                versionSpan.add((double) versions.newest().minus(versions.oldest()));
                completionLength.add(rollout.completion().size());
                truncated += rollout.finishReason() == FinishReason.LENGTH ? 1 : 0;
                shaping += objective.shaping(rollout);
                rollouts++;
            }
        }
        long equal = batch.stream()
                .filter(group -> !group.verified().hasRewardVariance())
                .count();
        return new BatchMeasures(
                tokenStaleness.distribution(),
                trajectoryStaleness.distribution(),
                versionSpan.distribution(),
                completionLength.distribution(),
                (double) truncated / rollouts,
                (double) equal / batch.size(),
                shaping / rollouts);
    }

    /** Versions rise along a completion, in few steps: one addition a run of equal ones. */
    private static void addTokens(TokenVersions versions, long learner, Distribution.Tally staleness) {
        int from = 0;
        for (int token = 1; token <= versions.size(); token++) {
            if (token == versions.size() || versions.get(token) != versions.get(from)) {
                staleness.add((double) (learner - versions.get(from)), token - from);
                from = token;
            }
        }
    }
}
