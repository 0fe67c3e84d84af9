package dev.freshet.model.generation;

import dev.freshet.model.rollout.PolicyVersion;

/**
 * A generator has taken up a newer version, between two chunks; it sampled nothing meanwhile.
 *
 * @param version what it samples with now
 * @param copySeconds time to bring the version into the form that this generator multiplies with
 * @param swapSeconds the rest: giving back the old version and, where that is set, recomputing the cache
 */
public record WeightSwap(PolicyVersion version, double copySeconds, double swapSeconds) {}
