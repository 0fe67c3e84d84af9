package dev.freshet.model.learning;

import dev.freshet.model.rollout.RehearsalSequence;
import java.util.ArrayList;
import java.util.List;

/** What one optimizer update learns from. */
record MiniBatch(List<TrainingSequence> rollouts, List<RehearsalSequence> rehearsal) {
    MiniBatch {
        rollouts = List.copyOf(rollouts);
        rehearsal = List.copyOf(rehearsal);
    }

    /** Completion tokens of the rollouts. */
    long rolloutTokens() {
        return rollouts.stream()
                .mapToLong(sequence -> sequence.tokens().completion().size())
                .sum();
    }

    /**
     * Consecutive parts of both, whose sizes differ by at most one; fewer than asked for if there are fewer rollouts. Of few rehearsal
     * sequences, some parts have none.
     */
    static List<MiniBatch> cut(List<TrainingSequence> rollouts, List<RehearsalSequence> rehearsal, int count) {
        List<List<TrainingSequence>> parts = TrainingSequence.parts(rollouts, count);
        List<MiniBatch> miniBatches = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            int from = (int) ((long) rehearsal.size() * part / parts.size());
            int to = (int) ((long) rehearsal.size() * (part + 1) / parts.size());
            miniBatches.add(new MiniBatch(parts.get(part), rehearsal.subList(from, to)));
        }
        return miniBatches;
    }
}
