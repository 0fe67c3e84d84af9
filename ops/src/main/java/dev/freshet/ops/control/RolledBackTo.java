package dev.freshet.ops.control;

import dev.freshet.model.rollout.PolicyVersion;

/**
 * What a rollback came to.
 *
 * @param version the new one
 * @param parent the checkpoint's
 * @param path of the checkpoint, on the machine of the run
 * @param returnedGroups that were in flight
 */
public record RolledBackTo(PolicyVersion version, PolicyVersion parent, String path, long returnedGroups) {}
