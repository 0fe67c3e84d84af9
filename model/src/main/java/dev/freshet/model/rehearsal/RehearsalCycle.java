package dev.freshet.model.rehearsal;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Rehearsal sequences, shuffled once and then taken one after another, over and over. Where a step begins follows from the version that
 * it is taken with, so that a resumed run goes on exactly, and nothing has to be kept.
 */
public final class RehearsalCycle {
    /** Keeps the shuffle apart from other uses of a run's seed. */
    private static final long SALT = 0x72656865617273L;

    private final List<RehearsalSequence> shuffled;

    private RehearsalCycle(List<RehearsalSequence> shuffled) {
        this.shuffled = List.copyOf(shuffled);
    }

    /** @param sequences at least one */
    public static RehearsalCycle of(List<RehearsalSequence> sequences, long seed) {
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("a cycle must have at least one rehearsal sequence, had none");
        }
        SplittableRandom random = new SplittableRandom(seed ^ SALT);
        List<RehearsalSequence> shuffled = new ArrayList<>(sequences);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            RehearsalSequence moved = shuffled.get(i);
            shuffled.set(i, shuffled.get(other));
            shuffled.set(other, moved);
        }
        return new RehearsalCycle(shuffled);
    }

    public int size() {
        return shuffled.size();
    }

    /** The sequences of the step that {@code learner} takes, where each step before took {@code count}, too. */
    public List<RehearsalSequence> at(PolicyVersion learner, int count) {
        long first = Math.multiplyExact(learner.number(), count) % shuffled.size();
        List<RehearsalSequence> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            taken.add(shuffled.get((int) ((first + i) % shuffled.size())));
        }
        return taken;
    }
}
