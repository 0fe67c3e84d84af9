package dev.freshet.ops.experiment;

import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.ArrayList;
import java.util.List;

/** Answers of one policy to one prompt, with their rewards. */
record PolicySample(List<VerifiedGroup> groups) {
    PolicySample {
        groups = List.copyOf(groups);
    }

    List<RolloutGroup> unverified() {
        return groups.stream().map(VerifiedGroup::group).toList();
    }

    /** ln of each answer's probability under the policy that gave it. */
    List<Double> logProbs() {
        return rollouts().stream().map(rollout -> rollout.behaviour().sum()).toList();
    }

    List<Double> rewards() {
        List<Double> rewards = new ArrayList<>();
        groups.forEach(group -> rewards.addAll(group.rewards()));
        return rewards;
    }

    /** Among the first so many. */
    long distinct(int first) {
        return rollouts().stream()
                .limit(first)
                .map(Rollout::completion)
                .distinct()
                .count();
    }

    private List<Rollout> rollouts() {
        return groups.stream()
                .flatMap(group -> group.group().rollouts().stream())
                .toList();
    }
}
