package dev.freshet.model.weights;

import dev.freshet.model.rollout.PolicyVersion;
import java.util.Optional;

/**
 * Where a generator gets the weights that it samples with: the newest version, the proposal that generators are kept on, or one
 * version that does not change. Thread-safe.
 */
public interface WeightSource {
    /**
     * Leases the weights to sample with now.
     *
     * @throws IllegalStateException if there are none
     */
    WeightRegistry.Lease leaseNewest();

    /** The version that a lease would have now, or empty before the first publish. */
    Optional<PolicyVersion> newest();
}
