package dev.freshet.ops.control;

import dev.freshet.model.rollout.PolicyVersion;
import java.util.Optional;

/**
 * What a rollback came to.
 *
 * @param version the new one
 * @param parent the checkpoint's
 * @param path of the checkpoint, on the machine of the run
 * @param returnedGroups that were in flight
 * @param checkpointFailure why the new version is not on the disk; empty if it is
 */
public record RolledBackTo(
        PolicyVersion version,
        PolicyVersion parent,
        String path,
        long returnedGroups,
        Optional<String> checkpointFailure) {}
