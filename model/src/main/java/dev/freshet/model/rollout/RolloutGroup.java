package dev.freshet.model.rollout;

import java.util.List;

/** The unit of the stream: all rollouts of one admitted prompt. */
public record RolloutGroup(AdmittedPrompt admitted, List<Rollout> rollouts) {
    public RolloutGroup {
        rollouts = List.copyOf(rollouts);
        if (rollouts.isEmpty()) {
            throw new IllegalArgumentException("a group must have at least one rollout, had none");
        }
    }

    public long sequence() {
        return admitted.sequence();
    }

    public Prompt prompt() {
        return admitted.prompt();
    }

    /** That all tokens were sampled at. */
    public double temperature() {
        return admitted.temperature();
    }

    /** The version that sampled this group's oldest token: its staleness is counted from here. */
    public PolicyVersion oldestVersion() {
        return rollouts.stream()
                .map(rollout -> rollout.versions().oldest())
                .min(PolicyVersion::compareTo)
                .orElseThrow();
    }

    public int completionTokens() {
        return rollouts.stream()
                .mapToInt(rollout -> rollout.completion().size())
                .sum();
    }
}
