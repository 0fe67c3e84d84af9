package dev.freshet.model.checkpoint;

import dev.freshet.model.rollout.PolicyVersion;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which checkpoints stay, beside {@code step-000000}, which always does.
 *
 * @param last so many of the newest, at least 1
 * @param best so many of those with the highest score, at least 0: by {@link TrainingState#PASS_AT_1} if all that can be read have
 *     it, else by {@link TrainingState#MEAN_REWARD}; of equal ones the newer
 */
public record CheckpointRetention(int last, int best) {
    public CheckpointRetention {
        if (last < 1) {
            throw new IllegalArgumentException("checkpoints to keep must be at least 1, was " + last);
        }
        if (best < 0) {
            throw new IllegalArgumentException("best checkpoints to keep must be at least 0, was " + best);
        }
    }

    /**
     * @param there the versions to choose from
     * @param states of those of them that can be read
     */
    Set<PolicyVersion> kept(List<PolicyVersion> there, List<TrainingState> states) {
        Set<PolicyVersion> kept = new HashSet<>();
        there.stream().sorted(Comparator.reverseOrder()).limit(last).forEach(kept::add);
        String score = states.stream().allMatch(state -> state.scores().containsKey(TrainingState.PASS_AT_1))
                ? TrainingState.PASS_AT_1
                : TrainingState.MEAN_REWARD;
        states.stream()
                .filter(state -> state.scores().containsKey(score))
                .sorted(Comparator.comparing(
                                (TrainingState state) -> state.scores().getOrDefault(score, 0.0))
                        .thenComparing(TrainingState::version)
                        .reversed())
                .limit(best)
                .forEach(state -> kept.add(state.version()));
        return kept;
    }
}
