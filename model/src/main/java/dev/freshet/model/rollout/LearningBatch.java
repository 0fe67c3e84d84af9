package dev.freshet.model.rollout;

import java.util.List;

/**
 * What one training step learns from.
 *
 * @param rehearsal sequences beside the groups, for objectives that read any; empty in a run that has none
 */
public record LearningBatch(List<ScoredGroup> groups, List<RehearsalSequence> rehearsal) {
    public LearningBatch {
        groups = List.copyOf(groups);
        rehearsal = List.copyOf(rehearsal);
    }

    /** Of groups alone. */
    public static LearningBatch of(List<ScoredGroup> groups) {
        return new LearningBatch(groups, List.of());
    }
}
