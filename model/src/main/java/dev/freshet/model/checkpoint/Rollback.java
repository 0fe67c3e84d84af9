package dev.freshet.model.checkpoint;

import dev.freshet.model.rollout.PolicyVersion;

/**
 * A policy version that no step made: it has the weights of an older one, its parent.
 *
 * @param parent below {@code version}
 */
public record Rollback(PolicyVersion version, PolicyVersion parent) {
    public Rollback {
        if (parent.compareTo(version) >= 0) {
            throw new IllegalArgumentException("the parent of a rollback must be below its version, " + version.number()
                    + ", was " + parent.number());
        }
    }
}
