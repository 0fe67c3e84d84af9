package dev.freshet.model.learning;

import dev.freshet.model.objective.TokenAdvantages;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One rollout as the learner sees it.
 *
 * @param proximal log-probs of the completion under the policy that the step must not stray from
 * @param reference log-probs of the completion under the reference; null when the run has no reference
 */
record TrainingSequence(
        TokenSequence tokens,
        Rollout rollout,
        TokenAdvantages advantages,
        LogProbs proximal,
        @Nullable LogProbs reference) {
    /** Keeps the stream of shuffles apart from other uses of a run's seed. */
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** A permutation that depends on seed and step alone, so that a resumed run shuffles as the uninterrupted one. */
    static List<TrainingSequence> shuffled(List<TrainingSequence> sequences, long seed, long step) {
        SplittableRandom random = new SplittableRandom(seed * GOLDEN_GAMMA + step);
        List<TrainingSequence> shuffled = new ArrayList<>(sequences);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            TrainingSequence moved = shuffled.get(i);
            shuffled.set(i, shuffled.get(other));
            shuffled.set(other, moved);
        }
        return shuffled;
    }

    /** Consecutive parts whose sizes differ by at most one; fewer than asked for if there are fewer sequences. */
    static List<List<TrainingSequence>> parts(List<TrainingSequence> sequences, int count) {
        int parts = Math.min(count, sequences.size());
        List<List<TrainingSequence>> cut = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) sequences.size() * part / parts);
            int to = (int) ((long) sequences.size() * (part + 1) / parts);
            cut.add(sequences.subList(from, to));
        }
        return cut;
    }
}
