package dev.freshet.model.weights;

import dev.freshet.model.rollout.PolicyVersion;
import java.util.Optional;

/** Where generators get the versions of a policy. */
public interface PublishedVersions {
    /**
     * Leases the newest version.
     *
     * @throws IllegalStateException if there is none
     */
    WeightRegistry.Lease leaseNewest();

    /** The newest version, or empty before the first. */
    Optional<PolicyVersion> newest();
}
