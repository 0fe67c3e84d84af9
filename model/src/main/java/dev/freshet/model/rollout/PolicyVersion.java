package dev.freshet.model.rollout;

/**
 * Numbers the states of a run's policy: 0 is the initial, warmed-up one, each batch learnt from makes the next, and so does a
 * rollback. Versions of a run never decrease.
 */
public record PolicyVersion(long number) implements Comparable<PolicyVersion> {
    /** The warmed-up policy before any reinforcement learning. */
    public static final PolicyVersion INITIAL = new PolicyVersion(0);

    public PolicyVersion {
        if (number < 0) {
            throw new IllegalArgumentException("policy version must be at least 0, was " + number);
        }
    }

    public PolicyVersion next() {
        return new PolicyVersion(number + 1);
    }

    /** How many versions this one is ahead of {@code older}: the staleness of what {@code older} sampled. */
    public long minus(PolicyVersion older) {
        return number - older.number;
    }

    @Override
    public int compareTo(PolicyVersion other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return "v" + number;
    }
}
